import { timingSafeEqual } from 'node:crypto'
import type { LookupSeat, ProvenOrder } from '@jejak/db'

const isSame = (asked: Buffer, known: string): boolean => timingSafeEqual(asked, Buffer.from(known, 'hex'))

/**
 * The parcels of those seats whose contact is the asked one, under any of the keys (hex hashes of 32 bytes). Every seat costs the same comparisons, taken or
 * not, so that the time tells neither how many parcels an order has nor how much of a contact was right.
 */
export const matchSeats = (seats: readonly LookupSeat[], askedHashes: readonly string[]): ProvenOrder[] => {
  const asked = askedHashes.map((hash) => Buffer.from(hash, 'hex'))
  const matches = seats.map(({ emailHash, phoneHash, otherPhoneHash }) => {
    const matched = asked.map((hash) => {
      const byEmail = isSame(hash, emailHash)
      const byPhone = isSame(hash, phoneHash)
      const byOtherPhone = isSame(hash, otherPhoneHash)
      return byEmail || byPhone || byOtherPhone
    })
    return matched.includes(true)
  })
  return seats.flatMap(({ trackingId, orderId }, seat) =>
    trackingId !== null && matches[seat] ? [{ trackingId, orderId }] : [],
  )
}
