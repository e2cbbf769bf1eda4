import { timingSafeEqual } from 'node:crypto'
import type { LookupSeat, ProvenOrder } from '@jejak/db'

const isSame = (asked: Buffer, known: string): boolean => timingSafeEqual(asked, Buffer.from(known, 'hex'))

/**
 * The parcels of those seats whose contact is the asked one (hex hashes of 32 bytes). Every seat costs the same three comparisons, taken or
 * not, so that the time tells neither how many parcels an order has nor how much of a contact was right.
 */
export const matchSeats = (seats: readonly LookupSeat[], askedHash: string): ProvenOrder[] => {
  const asked = Buffer.from(askedHash, 'hex')
  const matches = seats.map(({ emailHash, phoneHash, otherPhoneHash }) => {
    const byEmail = isSame(asked, emailHash)
    const byPhone = isSame(asked, phoneHash)
    const byOtherPhone = isSame(asked, otherPhoneHash)
    return byEmail || byPhone || byOtherPhone
  })
  return seats.flatMap(({ trackingId, orderId }, seat) =>
    trackingId !== null && matches[seat] ? [{ trackingId, orderId }] : [],
  )
}
