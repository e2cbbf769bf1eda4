import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { offsetMs, readInstant, readNewInstant } from './instants.ts'

const local = '+08:00'

test.each([
  ['2026-01-23T04:28:52.494Z', '2026-01-23T04:28:52.494Z', false],
  ['2026-01-23T12:28:52+08:00', '2026-01-23T04:28:52Z', false],
  ['2026-01-23 12:28:52 +0800', '2026-01-23T04:28:52Z', false],
  ['2026-01-23 12:28:52', '2026-01-23T04:28:52Z', true],
  ['2026-01-23T12:28:52', '2026-01-23T04:28:52Z', true],
  ['2026-01-01 07:59', '2025-12-31T23:59:00Z', true],
  ['2017-10-28', '2017-10-27T16:00:00Z', true],
  ['2026-01-23T04:28:52.000Z', '2026-01-23T04:28:52.000Z', false],
  ['2026-01-23T04:28:52.4941239Z', '2026-01-23T04:28:52.494Z', false],
  [' 2024-02-29 00:00:00 ', '2024-02-28T16:00:00Z', true],
  ['2026-01-23 12:28:52 +08', '2026-01-23T04:28:52Z', false],
  ['2026-01-23T12:28:52+08', '2026-01-23T04:28:52Z', false],
  ['Fri, 23 Jan 2026 12:28:52 GMT+0800', '2026-01-23T04:28:52Z', false],
  ['08 Sep 2026, 02:33:50 PM', '2026-09-08T06:33:50Z', true],
  ['8 September 2026 2:33pm', '2026-09-08T06:33:00Z', true],
  ['Sep 8, 2026 12:05 a.m.', '2026-09-07T16:05:00Z', true],
  ['08-Sep-2026 14:33', '2026-09-08T06:33:00Z', true],
  ['23-Jan-26', '2026-01-22T16:00:00Z', true],
  ['23 Jan 26', '2026-01-22T16:00:00Z', true],
  ['23 Jan 26 12:28:52', '2026-01-23T04:28:52Z', true],
  ['23-Mac-26 02:33 PM', '2026-03-23T06:33:00Z', true],
  ['12:28, 23 Jan 26', '2026-01-23T04:28:00Z', true],
  ['31 Ogos 2026 14:33', '2026-08-31T06:33:00Z', true],
  ['27/11/2026 14:05', '2026-11-27T06:05:00Z', true],
  ['27-11-2026 14:05:09', '2026-11-27T06:05:09Z', true],
  ['5.1.2026', '2026-01-04T16:00:00Z', true],
  ['14:05, 27/11/2026', '2026-11-27T06:05:00Z', true],
  ['2026/11/27 14:05', '2026-11-27T06:05:00Z', true],
  ['1769761472', '2026-01-30T08:24:32Z', false],
  ['1769761472947', '2026-01-30T08:24:32.947Z', false],
  ['2026-01-23 24:00:00', '2026-01-23T16:00:00Z', true],
  ['2026-01-23 24:00', '2026-01-23T16:00:00Z', true],
])('"%s" is read as %s (zone guessed: %s)', (raw, at, zoneGuessed) => {
  expect(readInstant(raw, local)).toEqual({ at, zoneGuessed })
})

test.each([
  '',
  '0000-00-00 00:00:00',
  '1970-01-01 00:00:00',
  '2026-02-29 09:00:00',
  '2026-13-01 09:00:00',
  '2026-01-23 24:00:01',
  '2026-01-23 25:00:00',
  '2026-01-23 12:60:00',
  '01/23/2026 12:29',
  '23/01/26 12:29',
  '26-01-23 12:29',
  '30 Feb 26',
  '23 Jan 026',
  '23 Jan 0026',
  'Jan 23, 26',
  '23 Foo 2026 12:29',
  '23 Jan 2026 13:05 PM',
  'yesterday',
  '176976147',
  '2026-01-23T12:00:00+19:00',
  '2026-01-23T12:00:00+08:60',
])('"%s" is no date that can be trusted', (raw) => {
  expect(readInstant(raw, local)).toBeNull()
})

test('a date written with its zone means the same whatever zone is assumed, one without moves with the assumption', () => {
  const date = fc.date({
    min: new Date('2000-01-02T00:00:00Z'),
    max: new Date('2099-12-30T00:00:00Z'),
    noInvalidDate: true,
  })
  const zone = fc.constantFrom('Z', '+08:00', '-03:30', '+0545')
  fc.assert(
    fc.property(date, zone, (instant, assumed) => {
      const iso = instant.toISOString()
      expect(readInstant(iso, assumed)).toEqual({ at: iso, zoneGuessed: false })
      const naive = readInstant(iso.slice(0, -1).replace('T', ' '), assumed)
      expect(Date.parse(naive?.at ?? '')).toBe(instant.getTime() - offsetMs(assumed))
    }),
  )
})

test('any text at all is either read or refused, never an error', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/))
  fc.assert(
    fc.property(text, (raw) => {
      const instant = readInstant(raw, local)
      if (instant) expect(Date.parse(instant.at)).not.toBeNaN()
    }),
  )
})

test('a default zone that is no offset is a clear error', () => {
  expect(() => offsetMs('Asia/Kuala_Lumpur')).toThrow('must look like +08:00, not "Asia/Kuala_Lumpur"')
})

describe('a courier that marks local time as UTC', () => {
  const seen = (raw: string, seenAt: string, zone = local) =>
    readNewInstant(raw, { zone, localZone: local, seenAt: new Date(seenAt) })

  test('a scan that would come hours after its answer is read as local time, and its zone counts as guessed', () => {
    const guessed = { at: '2026-11-27T15:45:00Z', zoneGuessed: true }
    expect(seen('2026-11-27T23:45:00Z', '2026-11-27T15:50:00Z')).toEqual(guessed)
    expect(seen('2026-11-27 23:45:00 GMT', '2026-11-27T15:50:00Z')).toEqual(guessed)
    expect(seen('2026-11-27 23:45:00', '2026-11-27T15:50:00Z', 'Z')).toEqual(guessed)
    expect(seen(String(Date.parse('2026-11-27T23:45:00Z') / 1000), '2026-11-27T15:50:00Z')).toEqual(guessed)
  })

  test.each([
    ['it is past as it stands', '2026-11-27T23:45:00Z', '2026-11-27T23:46:00Z'],
    ['it would still be to come as local time', '2026-11-27T23:45:00Z', '2026-11-27T15:40:00Z'],
    ['the clocks are a minute apart', '2026-11-27T23:45:00Z', '2026-11-27T23:44:30Z'],
    ['it says another zone', '2026-11-27T23:45:00+08:00', '2026-11-27T12:00:00Z'],
  ])('it is read as it says where %s', (_why, raw, seenAt) => {
    expect(seen(raw, seenAt)).toEqual(readInstant(raw, local))
  })
})
