import { expect, test } from 'vitest'
import { dayGiven, instantGiven, readDay, readInstant } from './instant.ts'

test.each([
  '2026-01-23',
  '2026/1/23',
  '23/01/2026',
  '23-01-2026',
  '23.1.2026',
  '2026-01-23 00:00:00',
  '23/01/2026 14:05',
  '23 Jan 2026',
  '23-Jan-2026',
  '23 Januari 2026',
  '2026-01-22T16:00:00Z',
  '2026-01-23T12:00:00+08',
])('%s is that day', (typed) => {
  expect(readDay(typed)).toBe('2026-01-23')
})

test.each([
  ['23/01/2026 12:28', '2026-01-23T04:28:00.000Z'],
  ['08 Sep 2026, 02:33:50 PM', '2026-09-08T06:33:50.000Z'],
  ['2026-01-23 12:28:52', '2026-01-23T04:28:52.000Z'],
  ['2026-01-23T04:28:52.494Z', '2026-01-23T04:28:52.000Z'],
  ['2026-01-23T12:28:52+0800', '2026-01-23T04:28:52.000Z'],
  ['23/01/2026', '2026-01-22T16:00:00.000Z'],
])('%s is a moment in Malaysia unless it says otherwise', (typed, instant) => {
  expect(readInstant(typed)).toBe(instant)
})

test.each(['0000-01-01', '1999-12-31', '2101-01-01', '9999-12-31', '2026-02-30', '32/01/2026', 'soon', '46045', ''])(
  '%j is no day that a parcel can have',
  (typed) => {
    expect(readDay(typed)).toBeUndefined()
    expect(readInstant(typed)).toBeUndefined()
    expect(dayGiven.safeParse(typed).success).toBe(false)
  },
)

test('an instant to compare with is one of our time', () => {
  expect(instantGiven.safeParse('2026-01-23T00:00:00Z').success).toBe(true)
  expect(instantGiven.safeParse('0000-01-01T00:00:00Z').success).toBe(false)
})

test('what is no time at all is told so in one sentence', () => {
  expect(instantGiven.safeParse('yesterday').error?.issues).toHaveLength(1)
})
