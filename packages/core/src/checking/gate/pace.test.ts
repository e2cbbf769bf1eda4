import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localDay, localDayStart, localTime } from '../schedule/local-time.ts'
import { at, testSettings } from '../testing/settings.ts'
import { nextAllowedAt, nextDayStartsAt, paceAllowance, scheduledCap } from './pace.ts'

const zones = [
  'Asia/Kuala_Lumpur',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'America/Havana',
]
const anySettings = fc.record({
  timezone: fc.constantFrom(...zones),
  dailyBudget: fc.integer({ min: 0, max: 5000 }),
  budgetReserve: fc.double({ min: 0, max: 1, noNaN: true }),
  paceBurst: fc.double({ min: 0, max: 0.3, noNaN: true }),
  quietPace: fc.double({ min: 0, max: 2, noNaN: true }),
  quietHours: fc.option(fc.record({ from: fc.integer({ min: 0, max: 23 }), to: fc.integer({ min: 0, max: 23 }) })),
})
const anyInstant = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })

test('the plan of a day starts with the burst and reaches the budget without its reserve at midnight', () => {
  expect(paceAllowance(at('2026-03-02'), testSettings)).toBe(20)
  expect(paceAllowance(at('2026-03-02 23:59'), testSettings)).toBe(900)
  expect(paceAllowance(at('2026-03-03'), testSettings)).toBe(20)
})

test('even a budget of one call has that call, at the middle of the day, and a small one is used to the last call', () => {
  const spentAt = (hour: string, dailyBudget: number) =>
    paceAllowance(at(`2026-03-02 ${hour}`), { ...testSettings, dailyBudget })
  expect([spentAt('12:00', 1), spentAt('15:00', 1)]).toEqual([0, 1])
  expect(spentAt('23:30', 10)).toBe(9)
})

test('the night spends a quarter of what an hour of the day spends', () => {
  const between = (from: string, to: string) =>
    paceAllowance(at(`2026-03-02 ${to}`), testSettings) - paceAllowance(at(`2026-03-02 ${from}`), testSettings)
  expect(between('12:00', '14:00') / between('02:00', '04:00')).toBeCloseTo(4, 0)
})

test('within a local day the allowance only grows, in every time zone and across clock changes', () => {
  fc.assert(
    fc.property(anySettings, anyInstant, fc.integer({ min: 0, max: 86_400_000 }), (changed, now, laterMs) => {
      const settings = { ...testSettings, ...changed }
      const later = new Date(now.getTime() + laterMs)
      const allowed = paceAllowance(now, settings)
      expect(allowed).toBeGreaterThanOrEqual(0)
      expect(allowed).toBeLessThanOrEqual(scheduledCap(settings))
      if (localDay(now, settings.timezone) === localDay(later, settings.timezone))
        expect(paceAllowance(later, settings)).toBeGreaterThanOrEqual(allowed)
    }),
  )
})

test('a call that has to wait is told the very moment at which it may go', () => {
  fc.assert(
    fc.property(anySettings, anyInstant, fc.integer({ min: 0, max: 100 }), (changed, now, extra) => {
      const settings = { ...testSettings, ...changed }
      const used = paceAllowance(now, settings) + extra
      const retryAt = nextAllowedAt(now, { used, settings })
      expect(retryAt > now).toBe(true)
      if (retryAt >= nextDayStartsAt(now, settings)) expect(retryAt).toEqual(nextDayStartsAt(now, settings))
      else {
        expect(paceAllowance(retryAt, settings)).toBeGreaterThan(used)
        expect(paceAllowance(new Date(retryAt.getTime() - 2), settings)).toBeLessThanOrEqual(used)
      }
    }),
  )
})

test('a local day starts at the first instant that bears its date', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), anyInstant, (timezone, now) => {
      const { dayNumber } = localTime(now, timezone)
      const startsAt = localDayStart(dayNumber, timezone)
      expect(startsAt).toBeLessThanOrEqual(now.getTime())
      expect(localTime(startsAt, timezone).dayNumber).toBe(dayNumber)
      expect(localTime(startsAt - 1, timezone).dayNumber).toBe(dayNumber - 1)
    }),
  )
})

test('the wall clock agrees with the one of the platform', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), anyInstant, (timezone, now) => {
      const shown = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(now)
      const hour = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit' }).format(now)
      expect(localDay(now, timezone)).toBe(shown)
      expect(Math.floor(localTime(now, timezone).hour)).toBe(Number(hour))
    }),
  )
})
