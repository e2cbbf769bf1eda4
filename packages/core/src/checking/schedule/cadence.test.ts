import { terminalStatuses, trackingStatuses } from '@jejak/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, testSettings } from '../testing/settings.ts'
import { type CadenceInput, cadence } from './cadence.ts'
import { createCalendar } from './calendar.ts'
import { jitterOf } from './jitter.ts'

const calendar = createCalendar(testSettings)
const monday = at('2026-03-02 12:00')
const saturday = at('2026-03-07 12:00')
const minute = 60_000

const input = (changed: Partial<CadenceInput> = {}): CadenceInput => ({
  status: 'in_transit',
  isKnown: true,
  estimatedDelivery: null,
  registeredAt: at('2026-03-01'),
  endedAt: null,
  ...changed,
})

const plan = (changed: Partial<CadenceInput>, now: Date, jitter = 0.5) =>
  cadence(input(changed), { now, settings: testSettings, calendar, jitter })
const minutesTo = (due: Date | null, now: Date) => due && (due.getTime() - now.getTime()) / minute

test.each([
  ['pending', 240, 100],
  ['info_received', 240, 100],
  ['collected', 120, 100],
  ['in_transit', 120, 100],
  ['returning', 120, 100],
  ['unknown', 120, 100],
  ['on_hold', 60, 100],
  ['exception', 60, 100],
  ['out_for_delivery', 30, 70],
  ['attempt_failed', 60, 70],
  ['ready_for_pickup', 60, 70],
] as const)(
  'on a working day a parcel that is %s is checked every %i minutes, in class %i',
  (status, expected, priority) => {
    const { nextDueAt, priority: given } = plan({ status }, monday)
    expect(minutesTo(nextDueAt, monday)).toBe(expected)
    expect(given).toBe(priority)
  },
)

test('rest days and nights slow checks down, and the plan says so', () => {
  const saturdayNight = at('2026-03-07 23:00')
  const holiday = at('2026-08-31 12:00')
  expect(plan({}, saturday)).toMatchObject({ explanation: 'in transit 120 × weekend 1.5' })
  expect(minutesTo(plan({}, saturday).nextDueAt, saturday)).toBe(180)
  expect(minutesTo(plan({}, holiday).nextDueAt, holiday)).toBe(180)
  expect(plan({}, saturdayNight)).toMatchObject({ explanation: 'in transit 120 × weekend 1.5 × night 2' })
  expect(minutesTo(plan({}, saturdayNight).nextDueAt, saturdayNight)).toBe(360)
})

test.each(['out_for_delivery', 'attempt_failed', 'ready_for_pickup'] as const)(
  'neither a rest day nor a night slows down a parcel that is %s',
  (status) => {
    const night = at('2026-03-07 23:00')
    expect(minutesTo(plan({ status }, night).nextDueAt, night)).toBe(
      minutesTo(plan({ status }, monday).nextDueAt, monday),
    )
  },
)

test('on the day it is expected a parcel is checked at least as often as one out for delivery', () => {
  const expected = plan({ estimatedDelivery: '2026-03-02' }, monday)
  expect(minutesTo(expected.nextDueAt, monday)).toBe(30)
  expect(expected).toMatchObject({ priority: 100, explanation: 'in transit, delivery day 30' })
  expect(minutesTo(plan({ estimatedDelivery: '2026-03-03' }, monday).nextDueAt, monday)).toBe(120)
})

test('a number EasyParcel does not know is asked about after 30, 120 and 360 minutes, then every 240; weekends do not slow its first day', () => {
  const registeredAt = at('2026-03-07 08:00')
  const steps: (string | null)[] = []
  let now = registeredAt
  while (steps.length < 8) {
    const { nextDueAt, priority, explanation } = plan({ status: 'pending', isKnown: false, registeredAt }, now)
    steps.push(`${minutesTo(nextDueAt, now)} ${priority} ${explanation}`)
    now = nextDueAt!
  }
  expect(steps.slice(0, 5)).toEqual([
    '30 70 unknown number 30',
    '120 70 unknown number 120',
    '360 70 unknown number 360',
    '360 70 unknown number 360',
    '360 70 unknown number 360',
  ])
  expect(steps[5]).toBe('360 70 unknown number 360')
  expect(steps[6]).toBe('360 100 unknown number 240 × weekend 1.5')
})

test('jitter does not make a number climb its ladder slower or faster', () => {
  for (const jitter of [0, 0.999]) {
    const registeredAt = at('2026-03-02 08:00')
    let now = registeredAt
    const rungs = [30, 120, 360].map((minutes) => {
      const { nextDueAt } = plan({ status: 'pending', isKnown: false, registeredAt }, now, jitter)
      const waited = minutesTo(nextDueAt, now)! / minutes
      now = nextDueAt!
      return waited > 0.89 && waited < 1.11
    })
    expect(rungs).toEqual([true, true, true])
  }
})

test.each(['delivered', 'returned', 'cancelled'] as const)(
  'a parcel that is %s is asked about again 24 and 72 hours later, then never',
  (status) => {
    const endedAt = at('2026-03-02 10:00')
    expect(plan({ status, endedAt }, monday)).toMatchObject({ nextDueAt: at('2026-03-03 10:00'), priority: 110 })
    expect(plan({ status, endedAt }, at('2026-03-03 10:00'))).toMatchObject({
      nextDueAt: at('2026-03-05 10:00'),
      priority: 110,
    })
    expect(plan({ status, endedAt }, at('2026-03-05 10:00')).nextDueAt).toBeNull()
  },
)

test('a parcel that lapsed is never asked about again', () => {
  expect(plan({ status: 'lapsed', endedAt: monday }, monday).nextDueAt).toBeNull()
})

test('whatever the settings, a check comes neither sooner than the shortest nor later than the longest cadence', () => {
  const anyInput = fc.record({
    status: fc.constantFrom(...trackingStatuses.filter((status) => !terminalStatuses.some((end) => end === status))),
    isKnown: fc.boolean(),
    estimatedDelivery: fc.constantFrom(null, '2026-03-02', '2026-03-07'),
  })
  const anyNow = fc.date({ min: at('2026-03-01'), max: at('2026-03-10'), noInvalidDate: true })
  const anyMinutes = fc.integer({ min: 1, max: 5000 })
  const anyJitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(anyInput, anyNow, anyMinutes, anyJitter, (changed, now, inTransit, jitter) => {
      const settings = { ...testSettings, inTransitMs: inTransit * minute, outForDeliveryMs: (inTransit * minute) / 10 }
      const { nextDueAt } = cadence(input(changed), { now, settings, calendar, jitter })
      expect(minutesTo(nextDueAt, now)).toBeGreaterThanOrEqual(15)
      expect(minutesTo(nextDueAt, now)).toBeLessThanOrEqual(1440)
    }),
  )
})

test('jitter spreads checks evenly over ±10 %, and the same plan comes out twice', () => {
  const waits = Array.from(
    { length: 2000 },
    (_, id) => minutesTo(plan({}, monday, jitterOf(`${id}`, monday)).nextDueAt, monday)!,
  )
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(108)
  expect(Math.min(...waits)).toBeLessThan(108.2)
  expect(Math.max(...waits)).toBeLessThanOrEqual(132)
  expect(Math.max(...waits)).toBeGreaterThan(131.8)
  expect(mean).toBeCloseTo(120, -0.5)
  expect(jitterOf('7', monday)).toBe(jitterOf('7', new Date(monday)))
})
