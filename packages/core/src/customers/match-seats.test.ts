import { expect, test } from 'vitest'
import { matchSeats } from './match-seats.ts'

const hash = (digit: string) => digit.repeat(64)
const empty = { id: null, emailHash: hash('0'), phoneHash: hash('0'), isLocked: false }

test('every parcel with the asked contact is found, by e-mail address or by phone', () => {
  const seats = [
    { ...empty, id: '1', emailHash: hash('a') },
    { ...empty, id: '2', emailHash: hash('b'), phoneHash: hash('a') },
    { ...empty, id: '3', phoneHash: hash('c') },
  ]
  expect(matchSeats(seats, hash('a'))).toEqual(['1', '2'])
  expect(matchSeats(seats, hash('d'))).toEqual([])
})

test('an empty seat is nobody’s, not even of a hash of zeros', () => {
  expect(matchSeats([empty, empty], hash('0'))).toEqual([])
})

test('a seat without a contact is nobody’s', () => {
  expect(matchSeats([{ ...empty, id: '1' }], hash('a'))).toEqual([])
})
