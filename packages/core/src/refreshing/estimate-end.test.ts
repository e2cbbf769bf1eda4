import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localDay } from '../checking/schedule/local-time.ts'
import { newConnectionState } from '../checking/testing/new-connection.ts'
import { testSettings as settings } from '../checking/testing/settings.ts'
import { callsLeft, estimateEnd } from './estimate-end.ts'

// Noon in Malaysia.
const now = new Date('2026-11-17T04:00:00Z')
const budgetDay = localDay(now, settings.timezone)
const at = { now, settings }
const used = (callsUsed = 0, callsManual = 0) => ({ ...newConnectionState, budgetDay, callsUsed, callsManual })
const minutes = (parcels: number, of = used()) =>
  (estimateEnd(parcels, { used: of, at })!.getTime() - now.getTime()) / 60_000

test('what the reserve pays for is done a call a second', () => {
  expect(callsLeft(used(), at)).toEqual({ reserve: 100, plan: 900 })
  expect(minutes(5000)).toBeCloseTo(100 / 60, 2)
})

test('what the reserve does not pay for takes half of the day’s plan, and on the next day there is a reserve again', () => {
  expect(minutes(1000, used(400, 100))).toBeLessThan(30)
  expect(minutes(20_000, used(400, 100))).toBeGreaterThan(12 * 60)
  expect(minutes(5000, used(1000, 100))).toBeCloseTo(12 * 60 + 100 / 60, 1)
})

test('more parcels are never done sooner, nor those of a connection that has used more', () => {
  const amount = fc.nat(100_000)
  fc.assert(
    fc.property(amount, amount, fc.nat(900), fc.nat(100), (some, more, planned, manual) => {
      const of = used(planned + manual, manual)
      const end = (parcels: number, by = of) =>
        estimateEnd(parcels, { used: by, at })?.getTime() ?? Number.POSITIVE_INFINITY
      expect(end(some)).toBeLessThanOrEqual(end(some + more))
      expect(end(some, used())).toBeLessThanOrEqual(end(some) + 1)
    }),
  )
})
