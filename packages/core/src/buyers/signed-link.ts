import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ContactHashes } from '@jejak/db'
import type { Keys } from '../secrets/derive-key.ts'

const tagBytes = 6
const bodyBytes = 12 + tagBytes
const macBytes = 18
const shape = /^[\w-]{48}$/

const macOf = (key: Buffer, body: Buffer, trackingNumber: string): Buffer =>
  createHmac('sha256', key).update(body).update(trackingNumber).digest().subarray(0, macBytes)

/** Whose the link is: one order of the parcel, `first` for the oldest one and for a parcel that holds none. */
export type LinkedOrder = Omit<ContactHashes, 'contactKeyId'> & { orderId: string | 'first' }

const tagOf = (key: Buffer, trackingId: string, order: LinkedOrder): Buffer => {
  const { orderId, contactEmailHmac, contactPhoneHmac, contactPhone2Hmac } = order
  return createHmac('sha256', key)
    .update(`contact of ${trackingId}:${contactEmailHmac ?? ''}:${contactPhoneHmac ?? ''}`)
    .update(contactPhone2Hmac ? `:${contactPhone2Hmac}` : '')
    .update(orderId === 'first' ? '' : `:order ${orderId}`)
    .digest()
    .subarray(0, tagBytes)
}

/**
 * The key of a signed link, 48 characters: when it ends (seconds), the tracking's id, a tag of the order and of the contact that it has now, and a
 * MAC over all three and the tracking number.
 */
export const signLink = (
  [key]: Keys,
  link: { trackingId: string; trackingNumber: string; order: LinkedOrder; expiresAt: Date },
): string => {
  const body = Buffer.alloc(bodyBytes)
  body.writeUInt32BE(Math.floor(link.expiresAt.getTime() / 1000), 0)
  body.writeBigUInt64BE(BigInt(link.trackingId), 4)
  tagOf(key, link.trackingId, link.order).copy(body, 12)
  return Buffer.concat([body, macOf(key, body, link.trackingNumber)]).toString('base64url')
}

/** `isOf` tells whether the link was made for this order, and its contact is still the one it had then. */
export type ReadLink =
  | { outcome: 'valid'; trackingId: string; isOf: (order: LinkedOrder) => boolean }
  | { outcome: 'expired' }
  | { outcome: 'wrong' }

/** What a link's key opens: the one tracking it was made for, under its number, until it expires or the parcel's contact changes. */
export const readSignedLink = (
  keys: Keys,
  { given, where }: { given: string; where: { trackingNumber: string; now: Date } },
): ReadLink => {
  if (!shape.test(given)) return { outcome: 'wrong' }
  const bytes = Buffer.from(given, 'base64url')
  const body = bytes.subarray(0, bodyBytes)
  const key = keys.find((one) => timingSafeEqual(bytes.subarray(bodyBytes), macOf(one, body, where.trackingNumber)))
  if (!key) return { outcome: 'wrong' }
  if (body.readUInt32BE(0) * 1000 <= where.now.getTime()) return { outcome: 'expired' }
  const trackingId = String(body.readBigUInt64BE(4))
  return { outcome: 'valid', trackingId, isOf: (order) => tagOf(key, trackingId, order).equals(body.subarray(12)) }
}
