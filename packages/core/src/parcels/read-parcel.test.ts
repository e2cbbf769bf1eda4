import { describe, expect, test } from 'vitest'
import { readParcel } from './read-parcel.ts'
import { told } from './testing/stored.ts'

const rules = { eventsMax: 50, reuseAgeMs: 60 * 86_400_000 }
const registeredAt = new Date('2026-11-01T00:00:00Z')
const hours = (amount: number) => new Date(registeredAt.getTime() + amount * 3_600_000)
const lastYear = [told('2025-10-01T08:00:00Z', '', { code: 3 }), told('2025-10-03T08:00:00Z', '', { code: 5 })]
const thisYear = [told('2026-10-31T08:00:00Z', '', { code: 3 }), told('2026-11-01T08:00:00Z', '', { code: 4 })]
const read = (scans = lastYear, at = hours(1), life: object = {}) =>
  readParcel(scans, { life: { registeredAt, ...life }, now: at, rules })

describe('a number that the courier uses again', () => {
  test('whose log holds only last year’s life is pending for 72 hours; then the log is believed, and flagged all the time', () => {
    expect(read()).toMatchObject({ status: 'pending', isUsedBefore: true, events: [] })
    expect(read(lastYear, hours(71.9))).toMatchObject({ status: 'pending', isUsedBefore: true })
    expect(read(lastYear, hours(72))).toMatchObject({ status: 'delivered', isUsedBefore: true })
    expect(read(lastYear, hours(72)).events).toHaveLength(2)
  })

  test('counts only its new life once that has begun', () => {
    const reading = read([...lastYear, ...thisYear])
    expect(reading).toMatchObject({ status: 'in_transit', isUsedBefore: false })
    expect(reading.events).toHaveLength(2)
    expect(reading.milestones).toEqual({
      collectedAt: new Date('2026-10-31T08:00:00Z'),
      outForDeliveryAt: null,
      deliveredAt: null,
    })
  })

  test('whose log ended more than 14 days before it was registered is in doubt too, unless it was booked before that end', () => {
    const daysBefore = (days: number) => hours(-24 * days).toISOString()
    const endedBefore = (days: number) => [
      told(daysBefore(days + 2), '', { code: 3 }),
      told(daysBefore(days), '', { code: 5 }),
    ]
    expect(read(endedBefore(13.9))).toMatchObject({ status: 'delivered', isUsedBefore: false })
    expect(read(endedBefore(14.1))).toMatchObject({ status: 'pending', isUsedBefore: true })
    expect(read(endedBefore(14.1), hours(72))).toMatchObject({ status: 'delivered', isUsedBefore: true })
    expect(read([...endedBefore(20), ...thisYear])).toMatchObject({ status: 'in_transit', isUsedBefore: false })
    expect(read([...endedBefore(20), ...thisYear]).events).toHaveLength(2)
    expect(read(endedBefore(20), hours(1), { bookedAt: hours(-24 * 23) })).toMatchObject({
      status: 'delivered',
      isUsedBefore: false,
    })
    expect(read([told(daysBefore(30), '', { code: 4 })])).toMatchObject({ status: 'in_transit', isUsedBefore: false })
  })

  test('is as old as its booking where that is known', () => {
    expect(read(lastYear, hours(1), { bookedAt: new Date('2025-10-01T00:00:00Z') })).toMatchObject({
      status: 'delivered',
      isUsedBefore: false,
    })
  })

  test('a scan just within the time belongs to the parcel', () => {
    const at = new Date(registeredAt.getTime() - rules.reuseAgeMs)
    expect(read([told(at.toISOString(), '', { code: 4 })]).status).toBe('in_transit')
    expect(read([told(new Date(at.getTime() - 1000).toISOString(), '', { code: 4 })]).status).toBe('pending')
  })

  test('registered again after its end it counts only what came later', () => {
    const countsFrom = new Date('2026-10-31T08:00:00Z')
    expect(read([...lastYear, ...thisYear], hours(1), { countsFrom })).toMatchObject({ status: 'in_transit' })
    expect(read([...lastYear, ...thisYear], hours(1), { countsFrom }).events).toHaveLength(1)
    expect(read(lastYear, hours(100), { countsFrom })).toMatchObject({ status: 'pending', events: [] })
  })
})

test('what a later scan has outdated needs no one; what comes with the scan that decides, or after it, does', () => {
  const attempt = told('2026-10-31T09:00:00Z', 'Delivery attempt failed', { code: 5 })
  const delivery = told('2026-11-01T09:00:00Z', 'Delivered', { code: 5, position: 1 })
  const flagsOf = (...scans: ReturnType<typeof told>[]) => read(scans).flagged.flatMap(({ flags }) => flags)
  expect(flagsOf(attempt)).toEqual(['kept_alive_against_code'])
  expect(flagsOf(attempt, delivery)).toEqual([])
  expect(flagsOf(delivery, { ...attempt, at: '2026-11-01T10:00:00Z' })).toEqual(['kept_alive_against_code'])
})

test('what decides is shown however many scans came later', () => {
  const later = Array.from({ length: 60 }, (_, n) =>
    told(new Date(Date.parse('2026-11-01T09:00:00Z') + n * 3_600_000).toISOString(), `Arrived at hub ${n}`),
  )
  const { events, status } = read([...thisYear, told('2026-11-01T08:30:00Z', '', { code: 5 }), ...later], hours(100))
  expect(status).toBe('delivered')
  expect(events).toHaveLength(50)
  expect(events.map((event) => event.status).slice(-2)).toEqual(['delivered', 'collected'])
})
