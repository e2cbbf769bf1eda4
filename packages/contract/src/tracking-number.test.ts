import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTrackingNumber } from './tracking-number.ts'

const problemOf = (input: unknown): string => {
  const parsed = parseTrackingNumber(input)
  return parsed.ok ? '' : parsed.problem
}

describe('a tracking number', () => {
  test.each([
    ['7028021894371796', '7028021894371796'],
    [' 6321 4323 9945 ', '632143239945'],
    ['er665997516my', 'ER665997516MY'],
    ['SPXMY04482646165C', 'SPXMY04482646165C'],
    ['632143239945\u00a0\u200b', '632143239945'],
    ['000123456789', '000123456789'],
    ['EPSAMPLE1765856399891', 'EPSAMPLE1765856399891'],
    ['AB-1234-CD', 'AB-1234-CD'],
  ])('%j is read as %s', (input, trackingNumber) => {
    expect(parseTrackingNumber(input)).toEqual({ ok: true, trackingNumber })
  })

  test.each([7028021894371796, 12n])('sent as a number is refused, because numbers lose digits', (input) => {
    expect(problemOf(input)).toMatch(/as text in quotes.*loses/)
  })

  test.each(['7.02802E+15', '7.02802e+15', '7,02802E+15', '7E+15', ' 7.02802E15 '])(
    'that a spreadsheet has shortened is refused with what to do: %s',
    (input) => {
      expect(problemOf(input)).toMatch(/spreadsheet has shortened.*Format the column as text/)
    },
  )

  test.each([
    ['ES-2602-VC4KV', 'shipment number'],
    ['ei-2602-4P2SK', 'order number'],
    ['EI-0FPMY', 'order number'],
    ['EP-NIB9C', 'parcel number'],
    ['EP-CR0AL', 'courier id'],
    ['EP-CS0AL', 'service id'],
    ['EOD-98765', 'on-demand booking number'],
    ['ED-98765', 'on-demand booking number'],
  ])('%s is refused as EasyParcel’s %s', (input, what) => {
    expect(problemOf(input)).toContain(what)
    expect(problemOf(input)).toContain('courier label')
  })

  test.each([
    '',
    '   ',
    '12345',
    '-123456',
    '632143239945,632143239946',
    'ABC/12345',
    'A'.repeat(36),
    'A'.repeat(5000),
  ])('is refused when it cannot be one: %j', (input) => {
    expect(problemOf(input)).not.toBe('')
  })

  test.each([undefined, null, {}, ['632143239945'], true])('is refused when it is no text at all: %j', (input) => {
    expect(problemOf(input)).toBe('The tracking number is missing or is not text.')
  })

  test('read once is read the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AbZ019- -E+.'), maxLength: 40 }), (input) => {
        const parsed = parseTrackingNumber(input)
        if (!parsed.ok) return
        expect(parsed.trackingNumber).toMatch(/^[A-Z0-9][A-Z0-9-]{5,34}$/)
        expect(parseTrackingNumber(parsed.trackingNumber)).toEqual(parsed)
      }),
    )
  })
})
