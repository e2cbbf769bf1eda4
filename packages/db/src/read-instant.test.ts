import fc from 'fast-check'
import pg from 'pg'
import { expect, test } from 'vitest'
import { readInstant } from './connect.ts'

const slowly = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => Date
const two = (value: number) => String(value).padStart(2, '0')

test('every instant reads as the driver itself would read it, to the millisecond', () => {
  const parts = fc.record({
    year: fc.integer({ min: 1, max: 12_000 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
    seconds: fc.integer({ min: 0, max: 86_399 }),
    fraction: fc.option(fc.stringMatching(/^\d{1,6}$/)),
    zone: fc.constantFrom('+00', '+00', '+08', '-03:30', '+00 BC'),
  })
  fc.assert(
    fc.property(parts, ({ year, month, day, seconds, fraction, zone }) => {
      const time = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => two(Math.floor(part))).join(':')
      const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
      const text = `${date} ${time}${fraction === null ? '' : `.${fraction}`}${zone}`
      expect(readInstant(text).getTime()).toBe(slowly(text).getTime())
    }),
  )
})

test('an endless instant stays endless', () => {
  expect(readInstant('infinity')).toBe(slowly('infinity'))
  expect(readInstant('-infinity')).toBe(slowly('-infinity'))
})
