import type { FreshnessReason } from '@jejak/contract'
import { notAuthorised } from './gate.ts'
import { localDay } from './local-time.ts'
import { paceAllowance, scheduledCap } from './pace.ts'
import type { PaceSettings } from './settings.ts'

/** What a connection's row says about why nobody is asked. */
export type TroubleFacts = {
  isAuthorised: boolean
  pauseReason: string | null
  breakerOpenUntil: Date | null
  budgetDay: string | null
  callsUsed: number
  callsManual: number
}

export type Trouble = Exclude<FreshnessReason, 'number_unknown'>

/** What keeps a connection from asking EasyParcel at `now`, the most lasting reason first; null when nothing does. */
export const troubleOf = (row: TroubleFacts, now: Date, settings: PaceSettings): Trouble | null => {
  if (!row.isAuthorised || row.pauseReason === notAuthorised) return 'not_authorised'
  // Once open, a breaker stays open until a call succeeds; its time only says when the next one may try.
  if (row.breakerOpenUntil !== null) return 'upstream_down'
  if (row.budgetDay === null || row.budgetDay !== localDay(now, settings.timezone)) return null
  const scheduled = row.callsUsed - row.callsManual
  if (row.callsUsed >= settings.dailyBudget || scheduled >= scheduledCap(settings)) return 'budget_spent'
  return scheduled >= paceAllowance(now, settings) ? 'paced' : null
}
