import { expect, test } from 'vitest'
import { type FreshnessColumns, freshnessOfRow } from './freshness-of-row.ts'

const at = (time: string): Date => new Date(`2026-01-23T${time}:00Z`)

const row: FreshnessColumns = {
  status: 'in_transit',
  checkedAt: at('10:00'),
  checkedBy: 'scheduled',
  changedAt: at('08:00'),
  confirmedAt: at('08:00'),
  nextCheckAt: at('12:00'),
  lastCheckFailed: true,
  isBeingAsked: false,
  wokenAt: null,
  ownReason: null,
}
const seen = (changed: Partial<FreshnessColumns>) =>
  freshnessOfRow({ ...row, ...changed }, { trouble: null, now: at('11:00'), cacheTtlMs: 24 * 3_600_000 })

test('a parcel that EasyParcel no longer finds is not fresh, and says that its number is unknown', () => {
  expect(seen({ ownReason: 'number_unknown' })).toMatchObject({ state: 'stale', reason: 'number_unknown' })
})

test('a parcel whose number makes EasyParcel fail says that EasyParcel does not answer, though it answers about others', () => {
  expect(seen({ ownReason: 'upstream_down' })).toMatchObject({ state: 'stale', reason: 'upstream_down' })
})
