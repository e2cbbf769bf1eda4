import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketBoundsMs, bucketOf, emptyBuckets, percentileMs } from './histogram.ts'

const durations = fc.array(fc.double({ min: 0, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 300 })
const counted = (all: readonly number[]): number[] => {
  const buckets = emptyBuckets()
  for (const ms of all) buckets[bucketOf(ms)]! += 1
  return buckets
}

test('the time that half of the answers stayed within is in the same bucket as if all had been kept', () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
      const exact = all.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * all.length - 1e-9) - 1)]!
      const told = percentileMs(counted(all), share)!
      const place = bucketOf(exact)
      expect(told).toBeGreaterThanOrEqual(bucketBoundsMs[place - 1] ?? 0)
      expect(told).toBeLessThanOrEqual(bucketBoundsMs[place] ?? bucketBoundsMs.at(-1)!)
    }),
  )
})

test('a larger share never takes less time', () => {
  fc.assert(
    fc.property(durations, (all) => {
      const buckets = counted(all)
      const told = [0.1, 0.5, 0.9, 0.95, 1].map((share) => percentileMs(buckets, share)!)
      expect(told).toEqual(told.toSorted((a, b) => a - b))
    }),
  )
})

test('where nothing was counted there is nothing to tell', () => {
  expect(percentileMs(emptyBuckets(), 0.5)).toBeNull()
})
