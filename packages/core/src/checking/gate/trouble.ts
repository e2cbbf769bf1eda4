import type { FreshnessReason } from '@jejak/contract'
import type { StandingRow } from '@jejak/db'
import { localDay } from '../schedule/local-time.ts'
import type { CheckingSettings } from '../settings.ts'
import { jobsFailing, notAuthorised } from './gate.ts'
import { holdEndsAt } from './hold.ts'
import { paceAllowance, scheduledCap, withExtra } from './pace.ts'

export type Trouble = Exclude<FreshnessReason, 'number_unknown'>

type At = { now: Date; settings: CheckingSettings }

const clockSlackMs = 5_000

/** Farther ahead than the spacing puts it: EasyParcel said when to come back. */
export const mustWait = (
  { nextCallAt }: Pick<StandingRow, 'nextCallAt'>,
  { now, settings: { callsPerSecond } }: At,
): boolean => nextCallAt !== null && nextCallAt.getTime() - now.getTime() > 1000 / callsPerSecond + clockSlackMs

/** What keeps a connection from asking EasyParcel at `now`, the most lasting reason first; null when nothing does. */
export const troubleOf = (row: StandingRow, at: At): Trouble | null => {
  const { now, settings } = at
  if (!row.isAuthorised || row.pauseReason === notAuthorised) return 'not_authorised'
  if (holdEndsAt(row, now)) return 'paused'
  if (row.pauseReason === jobsFailing) return 'jobs_failing'
  // Breaker and pause stand until a call succeeds; their times only say when the next one may try.
  if (row.breakerOpenUntil !== null || row.pauseReason !== null || mustWait(row, at)) return 'upstream_down'
  const day = localDay(now, settings.timezone)
  if (row.budgetDay === null || row.budgetDay !== day) return null
  const today = withExtra(settings, { row, day })
  const scheduled = row.callsUsed - row.callsManual
  if (row.callsUsed >= today.dailyBudget || scheduled >= scheduledCap(today)) return 'budget_spent'
  return scheduled >= paceAllowance(now, today) ? 'paced' : null
}
