import { createHmac, timingSafeEqual } from 'node:crypto'

const bodyBytes = 12
const macBytes = 18
const shape = /^[\w-]{40}$/

const macOf = (key: Buffer, body: Buffer, trackingNumber: string): Buffer =>
  createHmac('sha256', key).update(body).update(trackingNumber).digest().subarray(0, macBytes)

/** The key of a signed link, 40 characters: when it ends (seconds), the tracking's id, and a MAC over both and the tracking number. */
export const makeLinkKey = (
  key: Buffer,
  link: { trackingId: string; trackingNumber: string; expiresAt: Date },
): string => {
  const body = Buffer.alloc(bodyBytes)
  body.writeUInt32BE(Math.floor(link.expiresAt.getTime() / 1000), 0)
  body.writeBigUInt64BE(BigInt(link.trackingId), 4)
  return Buffer.concat([body, macOf(key, body, link.trackingNumber)]).toString('base64url')
}

export type ReadLink = { outcome: 'valid'; trackingId: string } | { outcome: 'expired' } | { outcome: 'wrong' }

/** What a link's key opens: the one tracking it was made for, under its number, until it expires. */
export const readLinkKey = (key: Buffer, given: string, where: { trackingNumber: string; now: Date }): ReadLink => {
  if (!shape.test(given)) return { outcome: 'wrong' }
  const bytes = Buffer.from(given, 'base64url')
  const body = bytes.subarray(0, bodyBytes)
  if (!timingSafeEqual(bytes.subarray(bodyBytes), macOf(key, body, where.trackingNumber))) return { outcome: 'wrong' }
  if (body.readUInt32BE(0) * 1000 <= where.now.getTime()) return { outcome: 'expired' }
  return { outcome: 'valid', trackingId: String(body.readBigUInt64BE(4)) }
}
