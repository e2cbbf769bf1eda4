import { expect, test } from 'vitest'
import { at, testSettings } from '../testing/settings.ts'
import { createCalendar } from './calendar.ts'

const calendar = createCalendar(testSettings)

test('Saturday and Sunday are rest days, by the clock of the shop and not by UTC', () => {
  expect(calendar.restDay(at('2026-03-06 23:59'))).toBeNull()
  expect(calendar.restDay(at('2026-03-07 00:00'))).toBe('weekend')
  expect(calendar.restDay(at('2026-03-08 23:59'))).toBe('weekend')
  expect(calendar.restDay(at('2026-03-09 00:00'))).toBeNull()
})

test('Malaysia rests on its public holidays, Selangor also on its own', () => {
  const selangor = createCalendar({ ...testSettings, holidayRegion: 'MY-10' })
  expect(calendar.restDay(at('2026-08-31 12:00'))).toBe('holiday')
  expect(calendar.restDay(at('2026-05-27 00:30'))).toBe('holiday')
  expect(calendar.restDay(at('2026-05-28 00:30'))).toBeNull()
  // The Sultan of Selangor's birthday.
  expect(calendar.restDay(at('2026-12-11 12:00'))).toBeNull()
  expect(selangor.restDay(at('2026-12-11 12:00'))).toBe('holiday')
})

test('an announced holiday can be added, and one that the moon moved taken out; off means no holidays', () => {
  const moved = createCalendar({ ...testSettings, holidayOverrides: ['2026-05-28', '-2026-05-27'] })
  expect(moved.restDay(at('2026-05-27 12:00'))).toBeNull()
  expect(moved.restDay(at('2026-05-28 12:00'))).toBe('holiday')
  expect(createCalendar({ ...testSettings, holidayRegion: 'off' }).restDay(at('2026-08-31 12:00'))).toBeNull()
})

test('night runs from 22 to 7, over midnight', () => {
  const hours = ['21:59', '22:00', '03:00', '06:59', '07:00'].map((hour) => calendar.isNight(at(`2026-03-02 ${hour}`)))
  expect(hours).toEqual([false, true, true, true, false])
  expect(createCalendar({ ...testSettings, quietHours: null }).isNight(at('2026-03-02 03:00'))).toBe(false)
})
