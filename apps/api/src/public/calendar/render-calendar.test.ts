import { languages, substatusesOf, trackingStatuses } from '@jejak/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CalendarInput, renderCalendar } from './render-calendar.ts'
import { eventOf, parseIcal } from './testing/parse-ical.ts'

const aParcel = (
  changed: Partial<CalendarInput['document']> = {},
  changedAt = '2026-03-02T04:00:00Z',
): CalendarInput => ({
  document: {
    trackingNumber: '632143239945',
    courier: 'J&T Express',
    status: 'in_transit',
    substatus: null,
    deliveredAt: null,
    estimatedDelivery: '2026-03-05',
    ...changed,
  },
  changedAt: new Date(changedAt),
  publicUrl: 'https://track.example.com',
  timezone: 'Asia/Kuala_Lumpur',
  language: 'en',
})

test('a parcel with an expected day is an all-day event on it, not yet certain, that blocks no one’s time', () => {
  expect(eventOf(renderCalendar(aParcel()))).toEqual({
    UID: '632143239945@track.example.com',
    DTSTAMP: '20260302T040000Z',
    'LAST-MODIFIED': '20260302T040000Z',
    SEQUENCE: '194587200',
    DTSTART: '20260305',
    DTEND: '20260306',
    SUMMARY: 'Parcel expected: J&T Express 632143239945',
    DESCRIPTION: 'Where it is now: https://track.example.com/t/632143239945',
    URL: 'https://track.example.com/t/632143239945',
    STATUS: 'TENTATIVE',
    TRANSP: 'TRANSPARENT',
    CLASS: 'PRIVATE',
  })
})

test('a delivery moves the same event to the day it happened on where the shop is', () => {
  const before = eventOf(renderCalendar(aParcel()))!
  const delivered = { status: 'delivered', deliveredAt: '2026-03-03T17:30:00.000Z' } as const
  const after = eventOf(renderCalendar(aParcel(delivered, '2026-03-03T18:00:00Z')))!
  expect(after).toMatchObject({ UID: before.UID, DTSTART: '20260304', DTEND: '20260305', STATUS: 'CONFIRMED' })
  expect(after.SUMMARY).toBe('Parcel delivered: J&T Express 632143239945')
  expect(Number(after.SEQUENCE)).toBeGreaterThan(Number(before.SEQUENCE))
})

test('a parcel that goes back, was stopped or was cancelled cancels its event', () => {
  for (const status of ['cancelled', 'returning', 'returned'] as const)
    expect(eventOf(renderCalendar(aParcel({ status })))).toMatchObject({ STATUS: 'CANCELLED', DTSTART: '20260305' })
  for (const [status, substatus] of [
    ['attempt_failed', 'refused'],
    ['on_hold', 'intercepted'],
    ['exception', 'lost'],
  ] as const)
    expect(eventOf(renderCalendar(aParcel({ status, substatus })))).toMatchObject({ STATUS: 'CANCELLED' })
})

test('a parcel of which no day is known is a calendar without events', () => {
  const text = renderCalendar(aParcel({ estimatedDelivery: null }))
  expect(parseIcal(text).properties.map(({ name, value }) => `${name}:${value}`)).toEqual([
    'VERSION:2.0',
    'PRODID:-//Jejak//Parcel tracking//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'NAME:Parcel 632143239945',
    'X-WR-CALNAME:Parcel 632143239945',
    'REFRESH-INTERVAL:PT1H',
    'X-PUBLISHED-TTL:PT1H',
  ])
  expect(eventOf(text)).toBeUndefined()
})

test.each(['9999-12-31', '2101-01-01', '1999-12-31', '0001-01-01'])(
  'a day that no calendar can show, such as %s, is ignored',
  (estimatedDelivery) => {
    expect(eventOf(renderCalendar(aParcel({ estimatedDelivery })))).toBeUndefined()
    const deliveredAt = `${estimatedDelivery}T12:00:00.000Z`
    expect(eventOf(renderCalendar(aParcel({ status: 'delivered', deliveredAt })))).toBeUndefined()
  },
)

test('a demo says so, and each language has its own words', () => {
  const texts = (['en', 'ms', 'zh'] as const).map(
    (language) => eventOf(renderCalendar({ ...aParcel({ demo: true }), language }))!,
  )
  expect(texts.map(({ SUMMARY }) => SUMMARY)).toEqual([
    'Parcel expected: J&T Express 632143239945',
    'Bungkusan dijangka tiba: J&T Express 632143239945',
    '包裹预计送达：J&T Express 632143239945',
  ])
  expect(texts[0]!.DESCRIPTION).toContain('Demo: this parcel is not real.')
})

const anInput = fc.record({
  document: fc.record({
    trackingNumber: fc.stringMatching(/^[A-Z0-9][A-Z0-9-]{5,34}$/),
    courier: fc.option(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constant('a;b,c\\d\r\nEND:VEVENT'))),
    status: fc.constantFrom(...trackingStatuses),
    substatus: fc.constantFrom(null, ...Object.values(substatusesOf).flat()),
    deliveredAt: fc.option(
      fc
        .date({ min: new Date('2000-01-02'), max: new Date('2100-01-01'), noInvalidDate: true })
        .map((at) => at.toISOString()),
    ),
    estimatedDelivery: fc.option(
      fc
        .date({ min: new Date('2000-01-02'), max: new Date('2100-01-01'), noInvalidDate: true })
        .map((at) => at.toISOString().slice(0, 10)),
    ),
  }),
  changedAt: fc.date({ min: new Date('2010-01-01'), max: new Date('2080-01-01'), noInvalidDate: true }),
  publicUrl: fc.constantFrom('http://localhost:3000', 'https://a-rather-long-host-name-of-a-shop.tracking.example.com'),
  timezone: fc.constantFrom('Asia/Kuala_Lumpur', 'UTC', 'America/St_Johns'),
  language: fc.constantFrom(...languages),
})

test('whatever a parcel is like, its calendar is one that a strict reader accepts, no line longer than 75 octets', () => {
  fc.assert(
    fc.property(anInput, (input) => {
      const event = eventOf(renderCalendar(input))
      const { deliveredAt, estimatedDelivery, trackingNumber } = input.document
      expect(event === undefined).toBe(deliveredAt === null && estimatedDelivery === null)
      if (event) expect(event.UID).toBe(`${trackingNumber}@${new URL(input.publicUrl).host}`)
    }),
    { numRuns: 500 },
  )
})

test('a later change has no lower sequence, so that no calendar keeps an older event', () => {
  fc.assert(
    fc.property(anInput, fc.nat({ max: 1e9 }), (input, laterMs) => {
      const later = { ...input, changedAt: new Date(input.changedAt.getTime() + laterMs) }
      const [before, after] = [input, later].map((one) => Number(eventOf(renderCalendar(one))?.SEQUENCE ?? 0))
      expect(after).toBeGreaterThanOrEqual(before!)
      expect(after).toBeLessThan(2 ** 31)
    }),
  )
})
