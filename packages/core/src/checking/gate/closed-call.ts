import type { EasyParcelFailureKind } from '../../easyparcel/client/easyparcel-error.ts'

/**
 * `asked` is a suspect that a person asks about, `trial` finds out which suspects are to blame, `culprit` asks again about one that is; `sync` asks for
 * an account's bookings, about no number at all.
 */
export type CallKind = 'regular' | 'asked' | 'trial' | 'culprit' | 'sync'

/** What such a call brings about says something about EasyParcel, and not about the numbers that it asked for. */
export const saysOfEasyParcel = (kind: CallKind): boolean => kind === 'regular' || kind === 'sync'

/** How a call ended, if its process lived to say so. `empty` knew none of the parcels that EasyParcel had known before. */
export type CallOutcome = 'ok' | 'empty' | EasyParcelFailureKind

/** `size` is how many numbers it asked about. */
export type ClosedCall = {
  slot: number
  leaseUntil: Date
  kind: CallKind
  size: number
  outcome: CallOutcome
  retryAfterMs: number | null
  now: Date
}
