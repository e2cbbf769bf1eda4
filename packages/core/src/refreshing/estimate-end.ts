import type { ConnectionState } from '../checking/gate/gate.ts'
import { manualReserve, nextAllowedAt, nextDayStartsAt, scheduledCap, withExtra } from '../checking/gate/pace.ts'
import { localDay } from '../checking/schedule/local-time.ts'
import type { CheckingSettings } from '../checking/settings.ts'

type Used = Pick<ConnectionState, 'budgetDay' | 'callsUsed' | 'callsManual' | 'extraDay' | 'extraCalls'>
export type Estimating = { now: Date; settings: CheckingSettings }

const daysMax = 366

/** What is left of today's budget: of the reserve for people, and of the plan for all others. */
export const callsLeft = (used: Used, { now, settings }: Estimating): { reserve: number; plan: number } => {
  const day = localDay(now, settings.timezone)
  const today = withExtra(settings, { row: used, day })
  const [all, manual] = used.budgetDay === day ? [used.callsUsed, used.callsManual] : [0, 0]
  return {
    reserve: Math.max(0, Math.min(manualReserve(today) - manual, today.dailyBudget - all)),
    plan: Math.max(0, scheduledCap(today) - (all - manual)),
  }
}

/**
 * When so many parcels are refreshed if EasyParcel answers: from the reserve at once, then by the day's plan, half of whose seats are left to others,
 * and so on, day after day. Null when that takes more than a year.
 */
export const estimateEnd = (parcels: number, { used, at }: { used: Used; at: Estimating }): Date | null => {
  const { settings } = at
  const { batchSize, callsPerSecond } = settings
  const planSeats = Math.max(1, Math.ceil(batchSize / 2))
  let now = at.now
  let left = parcels
  let calls = callsLeft(used, { now, settings })
  let today = withExtra(settings, { row: used, day: localDay(now, settings.timezone) })
  for (let day = 0; day < daysMax; day += 1) {
    const urgent = Math.min(calls.reserve, Math.ceil(left / batchSize))
    left -= urgent * batchSize
    now = new Date(now.getTime() + (urgent * 1000) / callsPerSecond)
    if (left <= 0) return now
    const planned = Math.ceil(left / planSeats)
    const spent = scheduledCap(today) - calls.plan
    if (planned <= calls.plan) {
      const allowedAt = nextAllowedAt(now, { used: spent + planned - 1, settings: today })
      return new Date(Math.max(allowedAt.getTime(), now.getTime() + (planned * 1000) / callsPerSecond))
    }
    left -= calls.plan * planSeats
    now = nextDayStartsAt(now, settings)
    today = settings
    calls = { reserve: manualReserve(settings), plan: scheduledCap(settings) }
  }
  return null
}
