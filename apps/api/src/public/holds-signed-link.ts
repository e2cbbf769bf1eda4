import { parseTrackingNumber } from '@jejak/contract'
import { readSignedLink } from '@jejak/core/buyers'
import type { Deps } from '../api-deps.ts'

/**
 * Whether a request, as it came, holds the key of a signed link to the parcel that it names: who does is no guesser. Asks no database, so a
 * link that a change of the contact has ended still counts.
 */
export const holdsSignedLink = (
  { linkKey, now }: Pick<Deps, 'linkKey' | 'now'>,
  { trackingNumber, k }: { trackingNumber?: unknown; k?: unknown },
): boolean => {
  if (typeof k !== 'string') return false
  const parsed = parseTrackingNumber(trackingNumber)
  if (!parsed.ok) return false
  return (
    readSignedLink(linkKey, { given: k, where: { trackingNumber: parsed.trackingNumber, now: now() } }).outcome ===
    'valid'
  )
}
