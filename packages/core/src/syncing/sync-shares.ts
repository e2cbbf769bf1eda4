import type { Config } from '@jejak/config'
import type { Share } from '../checking/gate/gate.ts'
import { nextAllowedAt, nextDayStartsAt, paceAllowance } from '../checking/gate/pace.ts'
import type { CheckingSettings } from '../checking/settings.ts'

/**
 * What a call of the sync is for: the first listing, the newest bookings, the whole window again, or the details of one booking. Only the newest do not
 * wait for their time of the day: the others leave their share to them.
 */
export type SyncCall = 'first' | 'newest' | 'window' | 'details'

type Sharing = { used: number; now: Date; settings: CheckingSettings; sync: Config['sync'] }

/** The calls of a day that the sync may use for lists, or for details. */
export const shareOf = (call: SyncCall, { settings, sync }: Pick<Sharing, 'settings' | 'sync'>): number =>
  Math.floor(settings.dailyBudget * (call === 'details' ? sync.detailsShare : sync.listShare) + 1e-9)

const burst = 0.1

/** How many more calls of its kind may go out now, and until when there are none if so. What is not urgent is spread over the day like checks. */
export const shareLeft = (call: SyncCall, { used, now, settings, sync }: Sharing): Share => {
  const max = shareOf(call, { settings, sync })
  const until = nextDayStartsAt(now, settings)
  if (call === 'first' || call === 'newest') return { left: max - used, until }
  const spread = { ...settings, dailyBudget: max, budgetReserve: 0, paceBurst: burst }
  if (max < 1 || used >= max) return { left: 0, until }
  return { left: paceAllowance(now, spread) - used, until: nextAllowedAt(now, { used, settings: spread }) }
}
