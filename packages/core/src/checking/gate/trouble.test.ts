import type { StandingRow } from '@jejak/db'
import { expect, test } from 'vitest'
import { at, testSettings } from '../testing/settings.ts'
import { paceAllowance } from './pace.ts'
import { troubleOf } from './trouble.ts'

const now = at('2026-03-02 12:00')
const healthy: StandingRow = {
  isAuthorised: true,
  pauseReason: null,
  breakerOpenUntil: null,
  nextCallAt: null,
  budgetDay: '2026-03-02',
  callsUsed: 10,
  callsManual: 0,
  heldSince: null,
  heldUntil: null,
  extraDay: null,
  extraCalls: 0,
}
const trouble = (row: Partial<StandingRow>) => troubleOf({ ...healthy, ...row }, { now, settings: testSettings })

test('a connection with budget left and EasyParcel answering has no trouble', () => {
  expect(trouble({})).toBeNull()
  expect(trouble({ budgetDay: null, callsUsed: 0 })).toBeNull()
})

test('without a token, or after a refused one, no one is asked until a person connects the shop', () => {
  expect(trouble({ isAuthorised: false, breakerOpenUntil: now })).toBe('not_authorised')
  expect(trouble({ pauseReason: 'not_authorised' })).toBe('not_authorised')
})

test('EasyParcel counts as down from the failure until a call succeeds, also between two probes', () => {
  expect(trouble({ breakerOpenUntil: new Date(now.getTime() + 1) })).toBe('upstream_down')
  expect(trouble({ breakerOpenUntil: new Date(now.getTime() - 1) })).toBe('upstream_down')
})

test('EasyParcel counts as down while its token endpoint fails, and while it asks us to stay away', () => {
  expect(trouble({ pauseReason: 'server' })).toBe('upstream_down')
  expect(trouble({ nextCallAt: new Date(now.getTime() + 120_000) })).toBe('upstream_down')
  expect(trouble({ nextCallAt: new Date(now.getTime() + 1000) })).toBeNull()
  const slow = { ...testSettings, callsPerSecond: 0.01 }
  expect(troubleOf({ ...healthy, nextCallAt: new Date(now.getTime() + 100_000) }, { now, settings: slow })).toBeNull()
})

test('the budget is spent when scheduled checks have used their share, and tomorrow it is not', () => {
  expect(trouble({ callsUsed: 1000, callsManual: 600 })).toBe('budget_spent')
  expect(trouble({ callsUsed: 900 })).toBe('budget_spent')
  expect(trouble({ callsUsed: 1000, budgetDay: '2026-03-01' })).toBeNull()
})

test('a shop that has used what the day grants by now is paced, manual calls aside', () => {
  const allowance = paceAllowance(now, testSettings)
  expect(trouble({ callsUsed: allowance })).toBe('paced')
  expect(trouble({ callsUsed: allowance - 1 })).toBeNull()
  expect(trouble({ callsUsed: allowance + 20, callsManual: 21 })).toBeNull()
})
