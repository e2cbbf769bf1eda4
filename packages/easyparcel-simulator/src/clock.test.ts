import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scriptNow, stampTimes, startClock } from './clock.ts'

const start = 1_772_416_800_000

test('script time runs as many times faster as the speed says', () => {
  const clock = startClock(() => new Date(start + 10_000), 864, new Date(start))
  expect(scriptNow(clock).getTime() - start).toBe(8_640_000)
})

test('what a jump passes over happened just before the jump, a second apart', () => {
  const jump = { at: start + 60_000, byMs: 3_600_000 }
  const stamps = stampTimes({ speed: 1, jumps: [jump] }, start, [0, 1_000_000, 2_000_000, 4_000_000])
  expect(stamps).toEqual([start, jump.at - 1000, jump.at, start + 400_000])
})

test('a jump counts only for parcels booked before it', () => {
  const jump = { at: start - 1, byMs: 3_600_000 }
  expect(stampTimes({ speed: 1, jumps: [jump] }, start, [5000])).toEqual([start + 5000])
})

test('a jump never moves an event that has already been seen', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 12 }),
      fc.nat(1_000_000),
      fc.nat(2_000_000),
      fc.constantFrom(1, 100),
      (offsets, atMs, byMs, speed) => {
        const sorted = offsets.toSorted((a, b) => a - b)
        const at = start + Math.floor(atMs / speed)
        const before = stampTimes({ speed, jumps: [] }, start, sorted).filter((stamp) => stamp < at)
        const after = stampTimes({ speed, jumps: [{ at, byMs }] }, start, sorted)
        expect(after.slice(0, before.length)).toEqual(before)
      },
    ),
  )
})
