import type { FreshnessReason } from '@jejak/contract'
import { localDay } from '../schedule/local-time.ts'
import type { GateSettings, PaceSettings } from '../settings.ts'
import { jobsFailing, notAuthorised } from './gate.ts'
import { paceAllowance, scheduledCap } from './pace.ts'

/** What a connection's row says about why nobody is asked. */
export type TroubleFacts = {
  isAuthorised: boolean
  pauseReason: string | null
  breakerOpenUntil: Date | null
  nextCallAt: Date | null
  budgetDay: string | null
  callsUsed: number
  callsManual: number
}

export type TroubleSettings = PaceSettings & Pick<GateSettings, 'callsPerSecond'>
export type Trouble = Exclude<FreshnessReason, 'number_unknown'>

const clockSlackMs = 5_000

/** Farther ahead than the spacing puts it: EasyParcel said when to come back. */
export const mustWait = (
  { nextCallAt }: Pick<TroubleFacts, 'nextCallAt'>,
  { now, callsPerSecond }: { now: Date; callsPerSecond: number },
): boolean => nextCallAt !== null && nextCallAt.getTime() - now.getTime() > 1000 / callsPerSecond + clockSlackMs

/** What keeps a connection from asking EasyParcel at `now`, the most lasting reason first; null when nothing does. */
export const troubleOf = (
  row: TroubleFacts,
  { now, settings }: { now: Date; settings: TroubleSettings },
): Trouble | null => {
  if (!row.isAuthorised || row.pauseReason === notAuthorised) return 'not_authorised'
  if (row.pauseReason === jobsFailing) return 'jobs_failing'
  // Breaker and pause stand until a call succeeds; their times only say when the next one may try.
  if (
    row.breakerOpenUntil !== null ||
    row.pauseReason !== null ||
    mustWait(row, { now, callsPerSecond: settings.callsPerSecond })
  )
    return 'upstream_down'
  if (row.budgetDay === null || row.budgetDay !== localDay(now, settings.timezone)) return null
  const scheduled = row.callsUsed - row.callsManual
  if (row.callsUsed >= settings.dailyBudget || scheduled >= scheduledCap(settings)) return 'budget_spent'
  return scheduled >= paceAllowance(now, settings) ? 'paced' : null
}
