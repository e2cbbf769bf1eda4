import { makeLinkKey, readLinkKey } from '@jejak/core/customers'
import { findContactHashes } from '@jejak/db'
import type { Deps } from './deps.ts'
import { HttpProblem } from './http-problem.ts'
import type { SecurityNote } from './security-notes.ts'
import { noSuchTracking } from './shop.ts'

type LinkDeps = { db: Pick<Deps['db'], 'sql'> } & Pick<Deps, 'linkKey' | 'now'>
type Tracking = { trackingId: string; trackingNumber: string }

/** A link of the tracking page that opens the buyer's view without typing; its key is all that it tells. */
export const makeTrackLink = async (
  { config, db, linkKey, now }: LinkDeps & Pick<Deps, 'config'>,
  tracking: Tracking,
): Promise<{ url: string; expiresAt: string }> => {
  const contact = await findContactHashes(db.sql, tracking.trackingId)
  if (!contact) throw noSuchTracking()
  const endsAtMs = now().getTime() + config.customers.linkLifetimeMs
  const expiresAt = new Date(endsAtMs - (endsAtMs % 1000))
  const k = makeLinkKey(linkKey, { ...tracking, contact, expiresAt })
  return { url: `${config.http.publicUrl}/t/${tracking.trackingNumber}?k=${k}`, expiresAt: expiresAt.toISOString() }
}

const sentences = {
  ended: 'This link is no longer valid.',
  expired: 'This link has expired.',
  wrong: 'This link is not complete, or belongs to another parcel.',
}

type OpenedLink = { outcome: 'valid'; trackingId: string } | { outcome: keyof typeof sentences }

/** What a link opens today: not a tracking that is gone by now, whoever has its number, nor one with another contact. */
export const openTrackLink = async (
  { db, linkKey, now }: LinkDeps,
  { trackingNumber, k }: { trackingNumber: string; k: string },
): Promise<OpenedLink> => {
  const link = readLinkKey(linkKey, k, { trackingNumber, now: now() })
  if (link.outcome !== 'valid') return link
  const contact = await findContactHashes(db.sql, link.trackingId)
  return contact && link.isOf(contact) ? link : { outcome: 'ended' }
}

/** Makes what tells the id of the tracking that a link opens, or throws `link_refused` and notes that. */
export const createLinkOpener =
  (deps: LinkDeps, note: (note: SecurityNote) => void) =>
  async ({ trackingNumber, k, address }: { trackingNumber: string; k: string; address: string }): Promise<string> => {
    const link = await openTrackLink(deps, { trackingNumber, k })
    if (link.outcome === 'valid') return link.trackingId
    note({ kind: 'link_refused', detail: link.outcome, address, subject: ['number', trackingNumber] })
    throw new HttpProblem(
      'link_refused',
      `${sentences[link.outcome]} Ask the shop for a new one, or look your order up with its number and your e-mail address or phone number.`,
    )
  }
