import fc from 'fast-check'
import { expect, test } from 'vitest'
import { datePattern, readMoment } from './read-moment.ts'

const zone = 'Asia/Kuala_Lumpur'
const instantOf = (text: string, format?: string, at = zone) => readMoment(text, { format, zone: at })?.instant

test.each([
  ['2026-01-23 12:28:52.5', undefined, zone, '2026-01-23T04:28:52.000Z'],
  ['2026-01-23 12:28:52.5+00', undefined, zone, '2026-01-23T12:28:52.000Z'],
  ['2026-01-23', undefined, 'UTC', '2026-01-23T00:00:00.000Z'],
  ['23/01/2026 2:05 PM', undefined, zone, '2026-01-23T06:05:00.000Z'],
  ['01/23/2026 14:05', 'MM/DD/YYYY HH:mm', zone, '2026-01-23T06:05:00.000Z'],
  ['3.1.26', 'D.M.YY', zone, '2026-01-02T16:00:00.000Z'],
  ['20260123140500', 'YYYYMMDDHHmmss', 'UTC', '2026-01-23T14:05:00.000Z'],
  ['1769146132', 'unix', zone, '2026-01-23T05:28:52.000Z'],
  ['1769146132000', 'unix-ms', zone, '2026-01-23T05:28:52.000Z'],
  ['2026-07-01 12:00', undefined, 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
  ['2026-01-01 12:00', undefined, 'Europe/Berlin', '2026-01-01T11:00:00.000Z'],
])('%s is read by %s in %s', (text, format, at, instant) => {
  expect(instantOf(text, format, at)).toBe(instant)
})

test.each([
  ['31/02/2026', 'DD/MM/YYYY'],
  ['2026-01-23', 'DD/MM/YYYY'],
  ['23/01/1926', 'DD/MM/YYYY'],
  ['soon', undefined],
  ['12', 'unix'],
])('%s is no date by %s', (text, format) => {
  expect(readMoment(text, { format, zone })).toBeUndefined()
})

test('the day is the one that the old clocks showed', () => {
  expect(readMoment('2026-01-23 01:00', { zone })).toEqual({ instant: '2026-01-22T17:00:00.000Z', day: '2026-01-23' })
})

test('a pattern names year, month and day, each part once', () => {
  for (const pattern of ['DD/MM/YYYY', 'YYYY-MM-DD HH:mm:ss', 'D.M.YY']) expect(datePattern(pattern)).not.toBeNull()
  for (const pattern of ['', 'HH:mm', 'DD/MM', 'DD/DD/MM/YYYY', 'x'.repeat(50)]) expect(datePattern(pattern)).toBeNull()
})

test('whatever a clock of whatever zone shows is read as the instant at which it shows it', () => {
  const zones = fc.constantFrom(zone, 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland')
  const instants = fc.date({ min: new Date('2001-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(instants, zones, (at, timeZone) => {
      const format = { timeZone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' } as const
      const shownBy = (instant: Date) => new Intl.DateTimeFormat('sv-SE', format).format(instant)
      const shown = shownBy(at)
      const read = instantOf(shown, 'YYYY-MM-DD HH:mm:ss', timeZone)
      // Where clocks are put back they show the same twice.
      expect(shownBy(new Date(read!))).toBe(shown)
    }),
  )
})
