import { parseTrackingNumber } from '@jejak/contract'
import { type LinkedOrder, readSignedLink, signLink } from '@jejak/core/buyers'
import { noSuchOrder, noSuchTracking } from '@jejak/core/errors'
import { findOrder } from '@jejak/core/registering'
import { findOrders, type ProvenOrder, type Sql, type StoredOrder } from '@jejak/db'
import type { Deps } from '../api-deps.ts'
import { HttpProblem } from '../http/http-problem.ts'
import type { NoteSecurity } from '../http/security-notes.ts'

type LinkDeps = { db: { sql: Sql } } & Pick<Deps, 'linkKeys' | 'now'>
type Linking = { trackingId: string; trackingNumber: string; orderNumber?: string | undefined }

const noOne: LinkedOrder = {
  ...{ orderId: 'first', contactEmailHmac: null, contactPhoneHmac: null, contactPhone2Hmac: null },
}
const toLinked = (order: StoredOrder, { first }: { first: StoredOrder | undefined }): LinkedOrder => ({
  ...order,
  orderId: order === first ? 'first' : order.orderId,
})

/**
 * A link of the tracking page that opens the buyer's view without typing; its key is all that it tells. It is of the order that is named,
 * else of the newest one.
 */
export const makeSignedLink = async (
  { config, db, linkKeys, now }: LinkDeps & Pick<Deps, 'config'>,
  { orderNumber, ...tracking }: Linking,
): Promise<{ url: string; expiresAt: string }> => {
  const orders = await findOrders(db.sql, tracking.trackingId)
  if (!orders) throw noSuchTracking()
  const found = findOrder(orders, orderNumber)
  if (orderNumber !== undefined && !found) throw noSuchOrder()
  const endsAtMs = now().getTime() + config.customers.linkLifetimeMs
  const expiresAt = new Date(endsAtMs - (endsAtMs % 1000))
  const order = found ? toLinked(found, { first: orders[0] }) : noOne
  const k = signLink(linkKeys, { ...tracking, order, expiresAt })
  return { url: `${config.http.publicUrl}/t/${tracking.trackingNumber}?k=${k}`, expiresAt: expiresAt.toISOString() }
}

const sentences = {
  ended: 'This link is no longer valid.',
  expired: 'This link has expired.',
  wrong: 'This link is not complete, or belongs to another parcel.',
}

type OpenedLink = ({ outcome: 'valid' } & ProvenOrder) | { outcome: keyof typeof sentences }

/** What a link opens today: not a tracking that no longer exists, even if another one has its number, nor an order with another contact. */
export const openSignedLink = async (
  { db, linkKeys, now }: LinkDeps,
  { trackingNumber, k }: { trackingNumber: string; k: string },
): Promise<OpenedLink> => {
  const link = readSignedLink(linkKeys, { given: k, where: { trackingNumber, now: now() } })
  if (link.outcome !== 'valid') return link
  const { trackingId } = link
  const orders = await findOrders(db.sql, trackingId)
  if (!orders) return { outcome: 'ended' }
  const order = orders.find((one) => link.isOf(toLinked(one, { first: orders[0] })))
  if (order) return { outcome: 'valid', trackingId, orderId: order.orderId }
  return orders.length === 0 && link.isOf(noOne)
    ? { outcome: 'valid', trackingId, orderId: null }
    : { outcome: 'ended' }
}

type Linked = { trackingNumber: string; k: string; address: string }

/** The parcel and the order that a link opens; throws `link_refused`, and notes that. */
export const getLinked = async (
  {
    promptLookups,
    linkKeys,
    now,
    note,
  }: Pick<Deps, 'linkKeys' | 'now'> & { promptLookups: LinkDeps['db']; note: NoteSecurity },
  { address, ...given }: Linked,
): Promise<ProvenOrder> => {
  const link = await openSignedLink({ db: promptLookups, linkKeys, now }, given)
  if (link.outcome === 'valid') return link
  note({ kind: 'link_refused', detail: link.outcome, address, subject: ['number', given.trackingNumber] })
  throw new HttpProblem(
    'link_refused',
    `${sentences[link.outcome]} Ask the shop for a new one, or look your order up with its number and your e-mail address or phone number.`,
  )
}

/**
 * Whether a request, as it came, holds the key of a signed link to the parcel that it names: who does is no guesser. Asks no database, so a
 * link that a change of the contact has ended still counts.
 */
export const holdsSignedLink = (
  { linkKeys, now }: Pick<Deps, 'linkKeys' | 'now'>,
  { trackingNumber, k }: { trackingNumber?: unknown; k?: unknown },
): boolean => {
  if (typeof k !== 'string') return false
  const parsed = parseTrackingNumber(trackingNumber)
  if (!parsed.ok) return false
  const where = { trackingNumber: parsed.trackingNumber, now: now() }
  return readSignedLink(linkKeys, { given: k, where }).outcome === 'valid'
}
