import type { CheckingSettings } from '../settings.ts'
import { dayShareAt, instantOfShare } from './pace.ts'

/**
 * How the calls of a day will last if they go on as until now. `lastsUntil` is null when they last past midnight; `expected` is how many the day
 * would take, `extraToLast` how many more would make them last.
 */
export type Forecast = { lastsUntil: Date | null; expected: number; extraToLast: number }

const few = 1e-9

/**
 * The calls of a day are planned along a curve: some at once at midnight, the rest along the day, fewer in quiet hours. Whoever has used more than
 * the curve by now goes on doing so in the same proportion. `settings` are those of the day, with what was added to its budget.
 */
export const forecastCalls = (
  now: Date,
  { used, settings }: { used: number; settings: CheckingSettings },
): Forecast => {
  const { dailyBudget: limit, paceBurst } = settings
  const burst = Math.min(1, paceBurst)
  const plannedBy = (share: number): number => burst + (1 - burst) * share
  const planned = plannedBy(dayShareAt(now, settings))
  if (used === 0) return { lastsUntil: null, expected: 0, extraToLast: 0 }
  // With no burst, nothing is planned in the first instant of a day: whatever was used then says nothing of the rest.
  const expected = planned > few ? Math.round(used / planned) : used
  const extraToLast = planned > few ? Math.max(0, Math.ceil(used / planned - few) - limit) : Math.max(0, used - limit)
  if (used >= limit) return { lastsUntil: now, expected, extraToLast: Math.max(extraToLast, used - limit) }
  if (extraToLast === 0) return { lastsUntil: null, expected, extraToLast }
  const share = ((planned * limit) / used - burst) / (1 - burst)
  const at = instantOfShare(now, { share, settings })
  return { lastsUntil: at > now ? at : now, expected, extraToLast }
}
