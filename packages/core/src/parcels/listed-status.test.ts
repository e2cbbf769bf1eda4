import { expect, test } from 'vitest'
import { listedCodeOf } from './listed-status.ts'
import type { StoredScan } from './merge-scans.ts'
import { readParcel } from './read-parcel.ts'

const now = new Date('2026-11-28T04:00:00Z')
const rules = { eventsMax: 50, reuseAgeMs: 60 * 86_400_000 }
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const scan = (code: number, text: string, hours: number): StoredScan => ({
  ...{ at: hoursAgo(hours).toISOString(), rawAt: hoursAgo(hours).toISOString(), zoneGuessed: false },
  ...{ code, text, location: null, source: 'open', position: 0, toldAt: now.toISOString() },
})
const read = (listedCode: number | null, scans: readonly StoredScan[] = [], listedAt: Date | null = hoursAgo(1)) =>
  readParcel(scans, { life: { registeredAt: hoursAgo(2), listedCode, listedAt }, now, rules })

test.each([
  [7, 'pending'],
  [2, 'pending'],
  [3, 'collected'],
  [4, 'in_transit'],
  [5, 'delivered'],
  [6, 'returned'],
  [8, 'on_hold'],
  [0, 'cancelled'],
  [99, 'unknown'],
] as const)('a parcel that EasyParcel lists with code %i is shown as %s before any scan', (code, status) => {
  const { events, milestones, ...reading } = read(code)
  expect(reading.status).toBe(status)
  expect(events).toEqual([])
  expect(milestones).toEqual({ collectedAt: null, outForDeliveryAt: null, deliveredAt: null })
})

test('once scans are told, they say what the parcel is', () => {
  expect(read(5, [scan(4, 'Item out for delivery', 3)]).status).toBe('out_for_delivery')
  expect(read(4, [scan(5, 'Delivered', 30)]).status).toBe('delivered')
})

test('a booking that was cancelled is cancelled, whatever was told before', () => {
  expect(read(0, [scan(7, 'Schedule In Arrangement', 30)]).status).toBe('cancelled')
})

test('a parcel that moves after its booking was cancelled goes on', () => {
  expect(read(0, [scan(4, 'Departed from hub', 1)], hoursAgo(5)).status).toBe('in_transit')
  expect(read(0, [scan(5, 'Delivered', 30)]).status).toBe('delivered')
})

test('a parcel that is in no list is what its scans say', () => {
  expect(read(null, [], null).status).toBe('pending')
})

test('a cancelled booking may come as one on hold', () => {
  expect(listedCodeOf({ code: 8, text: 'Cancelled' })).toBe(0)
  expect(listedCodeOf({ code: 8, text: 'On Hold' })).toBe(8)
  expect(listedCodeOf({ code: null, text: '' })).toBe(7)
})
