import type { ConnectionView } from '@jejak/contract'
import type { ConnectionOverview } from '@jejak/db'
import { localDay } from '../schedule/local-time.ts'
import type { CheckingSettings } from '../settings.ts'
import { connectionNeeds } from './connection-needs.ts'
import { forecastCalls } from './forecast.ts'
import { holdEndsAt } from './hold.ts'
import { manualReserve, paceAllowance, withExtra } from './pace.ts'
import { troubleOf } from './trouble.ts'

type At = { now: Date; settings: CheckingSettings }

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

/** Today's calls of an account: what is planned, what a person added, what is used, and what is kept for people. */
export const budgetOf = (
  row: Pick<ConnectionOverview, 'budgetDay' | 'callsUsed' | 'callsManual' | 'extraDay' | 'extraCalls'>,
  { now, settings }: At,
): ConnectionView['budget'] => {
  const day = localDay(now, settings.timezone)
  const today = withExtra(settings, { row, day })
  const [used, usedManually] = row.budgetDay === day ? [row.callsUsed, row.callsManual] : [0, 0]
  const { dailyBudget: limit } = today
  const reserve = manualReserve(today)
  const { lastsUntil, ...forecast } = forecastCalls(now, { used, settings: today })
  return {
    day,
    plan: settings.dailyBudget,
    extra: limit - settings.dailyBudget,
    limit,
    used,
    usedManually,
    left: Math.max(0, limit - used),
    reserve,
    reserveLeft: Math.max(0, Math.min(reserve - usedManually, limit - used)),
    allowedByNow: paceAllowance(now, today),
    lastsUntil: iso(lastsUntil),
    ...forecast,
  }
}

const tokenOf = (connection: ConnectionOverview): ConnectionView['token'] =>
  connection.api === 'classic' || !connection.isAuthorised
    ? null
    : {
        expiresAt: iso(connection.accessTokenExpiresAt),
        renewsItself: connection.canRenew,
        refreshedAt: iso(connection.refreshedAt),
        refusedAt: iso(connection.refreshRefusedAt),
      }

const pauseOf = ({ heldSince, heldUntil, heldReason }: ConnectionOverview, now: Date): ConnectionView['pause'] =>
  heldSince && holdEndsAt({ heldSince, heldUntil }, now)
    ? { since: heldSince.toISOString(), until: iso(heldUntil), reason: heldReason }
    : null

/** An EasyParcel account as people see it at `now`. */
export const toConnectionView = (connection: ConnectionOverview, at: At): ConnectionView => {
  const { pausedUntil } = connection
  return {
    id: connection.id,
    name: connection.name || null,
    environment: connection.environment,
    isDefault: connection.isDefault,
    api: connection.api,
    isAuthorised: connection.isAuthorised,
    needs: connectionNeeds(connection, at.settings),
    trouble: troubleOf(connection, at),
    pause: pauseOf(connection, at.now),
    waitsUntil: pausedUntil && pausedUntil > at.now ? pausedUntil.toISOString() : null,
    token: tokenOf(connection),
    connectedAt: iso(connection.connectedAt),
    disconnectedAt: iso(connection.disconnectedAt),
    breakerOpenUntil: iso(connection.breakerOpenUntil),
    lastGoodCallAt: iso(connection.lastGoodCallAt),
    lastFailure: connection.lastFailure,
    lastFailureAt: iso(connection.lastFailureAt),
    budget: budgetOf(connection, at),
  }
}
