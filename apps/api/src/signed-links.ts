import { makeLinkKey, readLinkKey } from '@jejak/core/customers'
import type { Deps } from './deps.ts'
import { HttpProblem } from './http-problem.ts'
import type { SecurityNote } from './security-notes.ts'

type Tracking = { trackingId: string; trackingNumber: string }

/** A link of the tracking page that opens the buyer's view without typing; its key is all that it tells. */
export const makeTrackLink = (
  { config, linkKey, now }: Pick<Deps, 'config' | 'linkKey' | 'now'>,
  tracking: Tracking,
) => {
  const endsAtMs = now().getTime() + config.customers.linkLifetimeMs
  const expiresAt = new Date(endsAtMs - (endsAtMs % 1000))
  const k = makeLinkKey(linkKey, { ...tracking, expiresAt })
  return { url: `${config.http.publicUrl}/t/${tracking.trackingNumber}?k=${k}`, expiresAt: expiresAt.toISOString() }
}

const sentences = {
  expired: 'This link has expired.',
  wrong: 'This link is not complete, or belongs to another parcel.',
}

/** Makes what tells the id of the tracking that a link opens, or throws `link_refused` and notes that. */
export const createLinkOpener =
  ({ linkKey, now }: Pick<Deps, 'linkKey' | 'now'>, note: (note: SecurityNote) => void) =>
  ({ trackingNumber, k, address }: { trackingNumber: string; k: string; address: string }): string => {
    const link = readLinkKey(linkKey, k, { trackingNumber, now: now() })
    if (link.outcome === 'valid') return link.trackingId
    note({ kind: 'link_refused', detail: link.outcome, address, subject: ['number', trackingNumber] })
    throw new HttpProblem(
      'link_refused',
      `${sentences[link.outcome]} Ask the shop for a new one, or look your order up with its number and your e-mail address or phone number.`,
    )
  }
