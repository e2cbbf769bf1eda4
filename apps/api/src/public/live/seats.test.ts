import { expect, test } from 'vitest'
import { createSeats } from './seats.ts'

test('one address has its share of streams, a whole IPv6 /64 too, and others are not touched by that', () => {
  const seats = createSeats({ streamsMax: 100, streamsPerAddressMax: 2 })
  const giveBack = seats.take('2001:db8::1')
  seats.take('2001:db8::2')
  expect(() => seats.take('2001:db8::3')).toThrow(expect.objectContaining({ status: 429 }))
  seats.take('2001:db8:0:1::1')
  seats.take('203.0.113.7')
  giveBack()
  giveBack()
  seats.take('2001:db8::3')
  expect(() => seats.take('2001:db8::4')).toThrow(expect.objectContaining({ headers: { 'retry-after': '60' } }))
})

test('a full process says so, and has room again as soon as someone leaves', () => {
  const seats = createSeats({ streamsMax: 2, streamsPerAddressMax: 2 })
  seats.take('203.0.113.1')
  const giveBack = seats.take('203.0.113.2')
  expect(() => seats.take('203.0.113.3')).toThrow(
    expect.objectContaining({ status: 503, headers: { 'retry-after': '30' } }),
  )
  giveBack()
  seats.take('203.0.113.3')
})
