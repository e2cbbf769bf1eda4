import fc from 'fast-check'
import { expect, test } from 'vitest'
import { transitBoundsHours, transitBucket, transitBuckets, transitHours } from './transit-buckets.ts'

const hourMs = 3_600_000
const collected = new Date('2026-03-02T04:00:00Z')
const bucketAfter = (hours: number) =>
  transitBucket({ from: collected, to: new Date(collected.getTime() + Math.round(hours * hourMs)) })!
const counted = (all: readonly number[]): number[] => {
  const buckets = new Array<number>(transitBuckets).fill(0)
  for (const hours of all) buckets[bucketAfter(hours)]! += 1
  return buckets
}
const journeys = fc.array(fc.double({ min: 0, max: 1_500, noNaN: true }), { minLength: 1, maxLength: 300 })

test('what half or nine in ten parcels took is told as exactly as the bucket is wide, whatever journeys there were', () => {
  fc.assert(
    fc.property(journeys, fc.constantFrom(0.5, 0.9), (all, share) => {
      const exact = all.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * all.length - 1e-9) - 1)]!
      const told = transitHours(counted(all), share)!
      const place = bucketAfter(exact)
      expect(told).toBeGreaterThanOrEqual(transitBoundsHours[place - 1] ?? 0)
      expect(told).toBeLessThanOrEqual(transitBoundsHours[place] ?? transitBoundsHours.at(-1)!)
    }),
  )
})

test('weeks that are added up tell the same as if all had been counted in one', () => {
  fc.assert(
    fc.property(journeys, journeys, (one, other) => {
      const [first, second] = [counted(one), counted(other)]
      const both = first.map((amount, place) => amount + second[place]!)
      expect(transitHours(both, 0.9)).toBe(transitHours(counted([...one, ...other]), 0.9))
    }),
  )
})

test('a delivery before the collection took no time that anyone could tell', () => {
  expect(transitBucket({ from: collected, to: new Date(collected.getTime() - 1) })).toBeNull()
})
