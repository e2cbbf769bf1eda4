import { expect, test } from 'vitest'
import { matchSeats } from './match-seats.ts'

const hash = (digit: string) => digit.repeat(64)
const nothing = hash('0')
const empty = {
  trackingId: null,
  orderId: null,
  emailHash: nothing,
  phoneHash: nothing,
  otherPhoneHash: nothing,
  isLocked: false,
}
const seat = { ...empty, orderId: '9' }

test('every parcel with the asked contact is found, by e-mail address or by either phone', () => {
  const seats = [
    { ...seat, trackingId: '1', emailHash: hash('a') },
    { ...seat, trackingId: '2', emailHash: hash('b'), phoneHash: hash('a') },
    { ...seat, trackingId: '3', phoneHash: hash('c') },
    { ...seat, trackingId: '4', phoneHash: hash('c'), otherPhoneHash: hash('a') },
  ]
  expect(matchSeats(seats, [hash('a')])).toEqual(['1', '2', '4'].map((trackingId) => ({ trackingId, orderId: '9' })))
  expect(matchSeats(seats, [hash('d')])).toEqual([])
})

test('an empty seat is no one’s, not even of a hash of zeros', () => {
  expect(matchSeats([empty, empty], [hash('0')])).toEqual([])
})

test('a seat without a contact is no one’s', () => {
  expect(matchSeats([{ ...seat, trackingId: '1' }], [hash('a')])).toEqual([])
})
