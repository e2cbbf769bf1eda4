import type { ConnectionView } from '@jejak/contract'
import type { ConnectionOverview } from '@jejak/db'
import { localDay } from '../schedule/local-time.ts'
import type { CheckingSettings } from '../settings.ts'
import { paceAllowance } from './pace.ts'
import { troubleOf } from './trouble.ts'

/** An EasyParcel account as an operator sees it at `now`. */
export const toConnectionView = (
  connection: ConnectionOverview,
  { now, settings }: { now: Date; settings: CheckingSettings },
): ConnectionView => {
  const day = localDay(now, settings.timezone)
  const isToday = connection.budgetDay === day
  const used = isToday ? connection.callsUsed : 0
  const limit = settings.dailyBudget
  return {
    id: connection.id,
    api: connection.api as ConnectionView['api'],
    isAuthorised: connection.isAuthorised,
    trouble: troubleOf(connection, { now, settings }),
    breakerOpenUntil: connection.breakerOpenUntil?.toISOString() ?? null,
    lastGoodCallAt: connection.lastGoodCallAt?.toISOString() ?? null,
    lastFailure: connection.lastFailure,
    lastFailureAt: connection.lastFailureAt?.toISOString() ?? null,
    budget: {
      day,
      limit,
      used,
      usedManually: isToday ? connection.callsManual : 0,
      left: Math.max(0, limit - used),
      allowedByNow: paceAllowance(now, settings),
    },
  }
}
