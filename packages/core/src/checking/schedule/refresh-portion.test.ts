import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ConnectionState } from '../gate/gate.ts'
import { newConnectionState } from '../testing/new-connection.ts'
import { testSettings as settings } from '../testing/settings.ts'
import { localDay } from './local-time.ts'
import { refreshPortion } from './refresh-portion.ts'

// Noon in Malaysia.
const now = new Date('2026-11-17T04:00:00Z')
const today = localDay(now, settings.timezone)
const hour = 3_600_000
const nothing = { others: 0, manual: 0, trialDueAt: null }
const portion = (
  changed: Partial<ConnectionState> = {},
  beside: Partial<Omit<typeof nothing, 'trialDueAt'> & { trialDueAt: Date | null }> = {},
) =>
  refreshPortion(
    { ...newConnectionState, budgetDay: today, ...changed },
    { beside: { ...nothing, ...beside }, choosing: { now, settings } },
  )
const reserveUsed = { callsUsed: 150, callsManual: 100 }

test('while the reserve lasts a run takes a whole call, less what people ask for one by one', () => {
  expect(portion()).toBe(50)
  expect(portion({}, { manual: 8, others: 50 })).toBe(42)
})

test('from the day’s plan a run leaves half of a call to parcels that are due, and always a tenth for people', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(50), (others, manual) => {
      const taken = portion(reserveUsed, { others, manual }) + manual
      if (manual <= 25) expect(taken).toBe(Math.min(45, Math.max(25, 50 - others, manual)))
      else expect(portion(reserveUsed, { others, manual })).toBeLessThanOrEqual(Math.max(0, 45 - manual))
    }),
  )
})

test('calls that a person added for today count as reserve as well', () => {
  expect(portion({ ...reserveUsed, extraDay: today, extraCalls: 500 }, { others: 50 })).toBe(50)
})

test('nothing becomes due while no call may go: breaker, pause, a budget that is used up', () => {
  const later = new Date(now.getTime() + hour)
  expect(portion({ pausedUntil: later, pauseReason: 'server' })).toBe(0)
  expect(portion({ breaker: { failures: 5, openUntil: later, probeUntil: null } })).toBe(0)
  expect(portion({ callsUsed: 1000, callsManual: 100 })).toBe(0)
})

test('a suspect that has waited for an hour has its turn before a run goes on', () => {
  const since = (ms: number) => new Date(now.getTime() - ms)
  expect(portion(reserveUsed, { trialDueAt: since(hour / 2) })).toBe(45)
  expect(portion(reserveUsed, { trialDueAt: since(2 * hour) })).toBe(0)
  expect(portion({ ...reserveUsed, nextSuspectAt: new Date(now.getTime() + 1) }, { trialDueAt: since(2 * hour) })).toBe(
    45,
  )
})
