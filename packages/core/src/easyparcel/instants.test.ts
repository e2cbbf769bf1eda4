import fc from 'fast-check'
import { expect, test } from 'vitest'
import { offsetMs, readInstant } from './instants.ts'

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
])('"%s" is read as %s (zone guessed: %s)', (raw, at, zoneGuessed) => {
  expect(readInstant(raw, local)).toEqual({ at, zoneGuessed })
})

test.each([
  '',
  '0000-00-00 00:00:00',
  '1970-01-01 00:00:00',
  '2026-02-29 09:00:00',
  '2026-13-01 09:00:00',
  '2026-01-23 24:00:00',
  '2026-01-23 12:60:00',
  '23/01/2026 12:29',
  'yesterday',
  '1769761472',
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
