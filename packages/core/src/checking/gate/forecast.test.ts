import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, testSettings } from '../testing/settings.ts'
import { forecastCalls } from './forecast.ts'
import { nextDayStartsAt } from './pace.ts'

const anyDay = fc.record({
  now: fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
  used: fc.integer({ min: 0, max: 6_000 }),
  settings: fc
    .record({
      timezone: fc.constantFrom('Asia/Kuala_Lumpur', 'Europe/Berlin', 'America/Havana'),
      dailyBudget: fc.integer({ min: 1, max: 5_000 }),
      paceBurst: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
      quietPace: fc.double({ min: 0, max: 2, noNaN: true }),
      quietHours: fc.option(fc.record({ from: fc.integer({ min: 0, max: 23 }), to: fc.integer({ min: 0, max: 23 }) })),
    })
    .map((some) => ({ ...testSettings, ...some })),
})
const withMore = (settings: typeof testSettings, extra: number) => ({
  ...settings,
  dailyBudget: settings.dailyBudget + extra,
})

test('a shop that has used two thirds of its calls by noon is told when they end, and how many more it needs', () => {
  const settings = { ...testSettings, dailyBudget: 1000, paceBurst: 0, quietHours: null }
  expect(forecastCalls(at('2026-03-02 12:00'), { used: 750, settings })).toEqual({
    lastsUntil: at('2026-03-02 16:00'),
    expected: 1500,
    extraToLast: 500,
  })
  expect(forecastCalls(at('2026-03-02 12:00'), { used: 500, settings }).lastsUntil).toBeNull()
})

test('a shop that has used nothing, or no more than the plan, is told of no end', () => {
  expect(forecastCalls(at('2026-03-02 12:00'), { used: 0, settings: testSettings }).lastsUntil).toBeNull()
  fc.assert(
    fc.property(anyDay, ({ now, settings }) => {
      const planned = Math.floor(settings.dailyBudget * settings.paceBurst)
      fc.pre(planned < settings.dailyBudget)
      expect(forecastCalls(now, { used: planned, settings }).lastsUntil).toBeNull()
    }),
  )
})

test('an end is always ahead and today; when all is used it is now', () => {
  fc.assert(
    fc.property(anyDay, ({ now, used, settings }) => {
      const { lastsUntil } = forecastCalls(now, { used, settings })
      if (used >= settings.dailyBudget) expect(lastsUntil).toEqual(now)
      if (lastsUntil === null) return
      expect(lastsUntil.getTime()).toBeGreaterThanOrEqual(now.getTime())
      expect(lastsUntil.getTime()).toBeLessThanOrEqual(nextDayStartsAt(now, settings).getTime())
    }),
  )
})

test('with the extra calls that it names the day lasts, with one less it does not', () => {
  fc.assert(
    fc.property(anyDay, ({ now, used, settings }) => {
      const { extraToLast } = forecastCalls(now, { used, settings })
      const more = forecastCalls(now, { used, settings: withMore(settings, extraToLast) })
      if (used < settings.dailyBudget + extraToLast) expect(more.lastsUntil).toBeNull()
      if (extraToLast > 0)
        expect(forecastCalls(now, { used, settings: withMore(settings, extraToLast - 1) }).lastsUntil).not.toBeNull()
    }),
  )
})

test('whoever uses more runs out earlier', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 1, max: 500 }), ({ now, used, settings }, more) => {
      const [one, other] = [used, used + more].map((calls) => forecastCalls(now, { used: calls, settings }))
      if (one!.lastsUntil !== null) expect(other!.lastsUntil!.getTime()).toBeLessThanOrEqual(one!.lastsUntil.getTime())
      expect(other!.expected).toBeGreaterThanOrEqual(one!.expected)
    }),
  )
})
