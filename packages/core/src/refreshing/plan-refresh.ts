import type { RefreshPlan } from '@jejak/contract'
import { type ChosenCount, countChosen, findGate, type ShopSql } from '@jejak/db'
import { toConnectionState } from '../checking/gate/connection-state.ts'
import { nextDayStartsAt } from '../checking/gate/pace.ts'
import { manualWait } from '../checking/schedule/manual-wait.ts'
import { noPeople } from '../listing/narrowing-of.ts'
import { choiceOf } from './choice-of.ts'
import { callsLeft, type Estimating, estimateEnd } from './estimate-end.ts'
import { findLeftOut } from './left-out.ts'
import type { AskedRefresh, RefreshingDeps } from './refreshing-deps.ts'

/** Tells what a run would do, and writes nothing. */
export const planRefresh = async (
  { db, clock, settingsOf }: Omit<RefreshingDeps, 'boss'>,
  { organizationId, asked, people = noPeople }: AskedRefresh,
): Promise<RefreshPlan> => {
  const shop = db.ofShop(organizationId)
  const settings = settingsOf(organizationId)
  const now = await clock(shop.sql)
  const choice = await choiceOf(shop.sql, { asked, people, now })
  const counts = await countChosen(shop.sql, { ...choice, now })
  const taken = counts.filter(({ leftOut }) => leftOut === null)
  const connections = await Promise.all(taken.map((one) => planOf(shop.sql, one, { now, settings })))
  const ends = connections.map(({ estimatedEnd }) => estimatedEnd)
  const sum = (field: 'parcels' | 'calls') => connections.reduce((total, one) => total + one[field], 0)
  return {
    asOf: choice.asOf.toISOString(),
    parcels: sum('parcels'),
    parcelsMax: settings.refreshParcelsMax,
    leftOut: await findLeftOut(shop.sql, { counts, asked }),
    calls: sum('calls'),
    minutes: minutesUntil(ends, now),
    connections,
  }
}

/** The last one counts. */
const minutesUntil = (ends: readonly (string | null)[], now: Date): number | null => {
  if (ends.includes(null)) return null
  const last = Math.max(now.getTime(), ...ends.map((end) => Date.parse(end!)))
  return Math.ceil((last - now.getTime()) / 60_000)
}

const planOf = async (
  shop: ShopSql,
  { connectionId, amount: parcels }: ChosenCount,
  at: Estimating,
): Promise<RefreshPlan['connections'][number]> => {
  const gate = (await findGate(shop, connectionId))!
  const used = toConnectionState(gate)
  const left = callsLeft(used, at)
  const end = estimateEnd(parcels, { used, at })
  const wait = manualWait(gate, at)
  const calls = Math.ceil(parcels / at.settings.batchSize)
  return {
    connectionId,
    parcels,
    calls,
    reserveLeft: left.reserve,
    planLeft: left.plan,
    fitsReserve: calls <= left.reserve,
    fitsToday: end !== null && end <= nextDayStartsAt(at.now, at.settings),
    estimatedEnd: end?.toISOString() ?? null,
    wait: wait && { reason: wait.reason, until: wait.until?.toISOString() ?? null },
  }
}
