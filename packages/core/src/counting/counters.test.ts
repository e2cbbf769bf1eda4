import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCounters, type Read, readStates, readWays } from './counters.ts'

const aRead: fc.Arbitrary<Read> = fc.record({
  organizationId: fc.option(fc.constantFrom('1', '2')),
  shop: fc.option(fc.constantFrom('kopi', 'buku')),
  way: fc.constantFrom(...readWays),
  state: fc.constantFrom(...readStates),
  language: fc.constantFrom('', 'en', 'ms'),
})
const aRequest = fc.record({
  route: fc.constantFrom('GET /a', 'GET /b'),
  status: fc.constantFrom(200, 304, 404, 500),
  ms: fc.option(fc.double({ min: 0, max: 20_000, noNaN: true })),
})

test('whatever is taken, stored or put back, each request and each read is counted once', () => {
  fc.assert(
    fc.property(fc.array(aRead), fc.array(aRequest), fc.array(fc.boolean()), (reads, requests, outcomes) => {
      const counters = createCounters()
      let [storedReads, storedRequests] = [0, 0]
      const flush = (isStored: boolean) => {
        const taken = counters.take()
        if (!isStored) return counters.putBack(taken)
        storedReads += taken.reads.reduce((sum, one) => sum + one.reads, 0)
        storedRequests += taken.routes.reduce((sum, one) => sum + one.requests, 0)
      }
      for (const [place, read] of reads.entries()) {
        counters.read(read)
        if (outcomes[place] !== undefined) flush(outcomes[place])
      }
      for (const request of requests) counters.request(request)
      flush(false)
      flush(true)
      expect([storedReads, storedRequests]).toEqual([reads.length, requests.length])
    }),
  )
})

test('a read keeps whose it was, which way it came, how fresh it was and in which language', () => {
  const counters = createCounters()
  const read = { organizationId: '7', shop: null, way: 'page', state: 'stale', language: 'ms' } as const
  counters.read(read)
  counters.read(read)
  expect(counters.take().reads).toEqual([{ ...read, reads: 2 }])
})

test('a flood of made-up shops takes no memory: beyond a bound no one is told apart', () => {
  const counters = createCounters()
  for (let place = 0; place < 20_000; place++)
    counters.read({ organizationId: null, shop: `shop-${place}`, way: 'api', state: 'missing', language: '' })
  const { reads } = counters.take()
  expect(reads.length).toBeLessThanOrEqual(5_001)
  expect(reads.reduce((sum, one) => sum + one.reads, 0)).toBe(20_000)
})

test('errors are told from refusals, and answers that had not changed from both', () => {
  const counters = createCounters()
  for (const status of [200, 304, 404, 429, 503]) counters.request({ route: 'GET /a', status, ms: 3 })
  counters.request({ route: 'GET /a', status: 200, ms: null })
  const [figures] = counters.take().routes
  expect(figures).toMatchObject({ route: 'GET /a', requests: 6, refused: 2, failed: 1, notModified: 1 })
  expect(figures!.buckets.reduce((sum, amount) => sum + amount)).toBe(5)
})
