import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, testSettings } from '../testing/settings.ts'
import { aTracking, context, found, news, scan } from '../testing/tracking.ts'
import { createCalendar } from './calendar.ts'
import type { TrackingState } from './check.ts'
import { failedAttempts } from './failed-attempts.ts'
import { planCheck } from './plan-check.ts'

const { day } = createCalendar(testSettings)
const reasonAfter = (state: TrackingState, scans: Parameters<typeof found>) =>
  planCheck(state, { answer: found(...scans), context: context(at('2026-03-05 20:00')) }).attentionReason
const failedOn = (...times: string[]) => times.map((time) => scan('attempt_failed', time))

test('a parcel that the courier could not deliver on two days asks for a person', () => {
  expect(reasonAfter(aTracking(), failedOn('2026-03-03 15:00'))).toBeNull()
  expect(reasonAfter(aTracking(), failedOn('2026-03-03 15:00', '2026-03-04 15:00'))).toBe('failed_twice')
})

test('two scans of one failed attempt are one, unless the parcel went out again in between', () => {
  const [first, second] = failedOn('2026-03-03 10:00', '2026-03-03 15:00') as [
    ReturnType<typeof scan>,
    ReturnType<typeof scan>,
  ]
  expect(reasonAfter(aTracking(), [first, second])).toBeNull()
  expect(reasonAfter(aTracking(), [first, scan('out_for_delivery', '2026-03-03 13:00'), second])).toBe('failed_twice')
})

test('the day is the shop’s: nine in the evening and one in the morning are two', () => {
  expect(reasonAfter(aTracking(), failedOn('2026-03-03 21:00', '2026-03-04 01:00'))).toBe('failed_twice')
  expect(reasonAfter(aTracking(), failedOn('2026-03-03 01:00', '2026-03-03 21:00'))).toBeNull()
})

test.each(['delivered', 'returning', 'returned', 'ready_for_pickup'] as const)(
  'a parcel that is %s after that needs no one',
  (status) => {
    const scans = [...failedOn('2026-03-03 15:00', '2026-03-04 15:00'), scan(status, '2026-03-05 10:00')]
    expect(reasonAfter(aTracking(), scans)).toBeNull()
  },
)

test('while the courier tries again it still does', () => {
  const scans = [...failedOn('2026-03-03 15:00', '2026-03-04 15:00'), scan('out_for_delivery', '2026-03-05 10:00')]
  expect(reasonAfter(aTracking(), scans)).toBe('failed_twice')
})

test('once staff have seen to it only another failed attempt asks again', () => {
  const seen = aTracking({ attentionSeenAt: at('2026-03-04 15:00') })
  const before = failedOn('2026-03-03 15:00', '2026-03-04 15:00')
  expect(reasonAfter(seen, before)).toBeNull()
  expect(reasonAfter(seen, [...before, scan('in_transit', '2026-03-05 09:00')])).toBeNull()
  expect(reasonAfter(seen, [...before, ...failedOn('2026-03-05 16:00')])).toBe('failed_twice')
})

test('an attempt that the courier takes back does not count', () => {
  const [first, second] = failedOn('2026-03-03 15:00', '2026-03-04 15:00') as [
    ReturnType<typeof scan>,
    ReturnType<typeof scan>,
  ]
  const asked = { answer: found(first, second), context: context(at('2026-03-04 16:00')) }
  const told = planCheck(aTracking(), asked)
  expect(told.attentionReason).toBe('failed_twice')
  const collected = scan('collected', '2026-03-02 15:00')
  const state = { ...aTracking(), ...told, documentVersion: '' }
  const without = planCheck(state, { answer: found(collected, second), context: context(at('2026-03-04 18:00')) })
  expect(without.attentionReason).toBeNull()
})

const statuses = ['in_transit', 'out_for_delivery', 'attempt_failed', 'on_hold'] as const
const life = fc.uniqueArray(
  fc.record({ minute: fc.integer({ min: 0, max: 6 * 1440 }), status: fc.constantFrom(...statuses) }),
  {
    selector: ({ minute }) => minute,
    maxLength: 14,
  },
)
const scansOf = (told: { minute: number; status: (typeof statuses)[number] }[]) =>
  told.map(({ minute, status }) => {
    const instant = new Date(at('2026-03-03 00:00').getTime() + minute * 60_000).toISOString()
    return scan(status, '2026-03-03 00:00', { at: instant, rawAt: instant })
  })

test('whatever the couriers tell, and in whatever order it comes, the same attempts are counted', () => {
  fc.assert(
    fc.property(life, fc.nat(), (told, turn) => {
      const inTurn = told.toSorted((a, b) => a.minute - b.minute)
      const sorted = scansOf(inTurn)
      const events = sorted.map((one, place) => ({ at: one.at, status: inTurn[place]!.status }))
      // By the words of the rule: of each run of failures without another try, one for each day.
      let [amount, days] = [0, new Set<string>()]
      for (const { at: instant, status } of events) {
        if (status === 'out_for_delivery') days = new Set()
        if (status !== 'attempt_failed' || days.has(day(new Date(instant)))) continue
        days.add(day(new Date(instant)))
        amount += 1
      }
      expect(failedAttempts(events.toReversed(), day)).toHaveLength(amount)
      const shifted = [...sorted.slice(turn % 7), ...sorted.slice(0, turn % 7)]
      const planOf = (scans: typeof sorted) =>
        planCheck(aTracking(), { answer: news(...scans), context: context(at('2026-03-09 20:00')) })
      const [inOrder, outOfOrder] = [planOf(sorted), planOf(shifted)]
      expect(outOfOrder.attentionReason).toBe(inOrder.attentionReason)
      expect(inOrder.attentionReason === 'failed_twice').toBe(amount > 1)
    }),
    { numRuns: 300 },
  )
})
