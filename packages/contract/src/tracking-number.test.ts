import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTrackingNumber, readTrackingNumbers } from './tracking-number.ts'

const problemOf = (input: unknown): string => {
  const parsed = parseTrackingNumber(input)
  return parsed.ok ? '' : parsed.problem
}

describe('a cell with several tracking numbers', () => {
  test.each([
    ['632143239956\n632143239957', ['632143239956', '632143239957']],
    ['632143239958 632143239959', ['632143239958', '632143239959']],
    ['ER665997520MY ER665997521MY', ['ER665997520MY', 'ER665997521MY']],
    ['632143239958, 632143239959;632143239960', ['632143239958', '632143239959', '632143239960']],
    ['632143239958/632143239959', ['632143239958', '632143239959']],
    ['JT 0000000001, JT 0000000002', ['JT0000000001', 'JT0000000002']],
    ['J&T 632143239958, POSLAJU ER665997522MY', ['632143239958', 'ER665997522MY']],
    ['632143239958 632143239958', ['632143239958']],
    ['ER 665 997 516 MY\nER 665 997 517 MY', ['ER665997516MY', 'ER665997517MY']],
    ['6321 4323 9956\n6321 4323 9957', ['632143239956', '632143239957']],
    ['632143239956 and 632143239957', ['632143239956', '632143239957']],
    ['632143239956 dan 632143239957', ['632143239956', '632143239957']],
    [
      '632143239956+632143239957&632143239958、632143239959',
      ['632143239956', '632143239957', '632143239958', '632143239959'],
    ],
    ['No. 6321 4323 9956, J&T 6321 4323 9957', ['632143239956', '632143239957']],
  ])('%j is as many parcels', (cell, numbers) => {
    expect(readTrackingNumbers(cell)).toEqual({ numbers })
  })

  test('is never glued into one, nor read as one where only one is asked for', () => {
    expect(problemOf('632143239958 632143239959')).toBe('These are several tracking numbers; give one at a time.')
    const number = fc.stringMatching(/^[A-Z]{2}[0-9]{9}MY$|^[0-9]{12}$/)
    fc.assert(
      fc.property(
        fc.uniqueArray(number, { minLength: 2, maxLength: 5 }),
        fc.constantFrom(' ', '\n', ', ', ';', ' / '),
        (all, between) => {
          expect(readTrackingNumbers(all.join(between))).toEqual({ numbers: all })
        },
      ),
    )
  })
})

test.each([
  '632143239956-632143239957',
  '632143239956 – 632143239957',
  '12345678 12345678 1234',
  '6321 4323 9956 6321 4323 9957',
  'ER 665 997 516 MY ER 665 997 517 MY',
  'ER665997516MYER665997517MY',
  '632143239956\n12',
])('several numbers that cannot be told apart are refused: %j', (cell) => {
  expect(readTrackingNumbers(cell).problem).toMatch(/several tracking numbers that cannot be told apart/)
})

test.each([
  'Not yet 123456',
  'See remark 123456',
  'Awaiting 2pm',
  'DROP OFF 2024',
  'call 0123456789',
  'pos laju 2 kotak',
  'JT 2 kotak',
  'JT 12345',
  'JT 0000000001 ok',
  'JT 60123456789',
  'KL 0123456789',
  'PL 3',
  '632143239956, ask Ali 123',
  '谢谢您 632143239956',
])('a word that is no label or courier makes it a note: %s', (cell) => {
  expect(readTrackingNumbers(cell).problem).toMatch(/note and not a tracking number/)
})

test.each([
  '2024-11-27',
  '27-11-2024',
  '27/11/2024',
  '27.11.24',
  '2024-11-27 10:00',
  '012-3456789',
  '012-345 6789',
  '+60 12-345 6789',
  '03-1234 5678',
  '012 345 6789',
])('a date or a phone with its signs is no tracking number: %s', (cell) => {
  expect(readTrackingNumbers(cell).problem).toMatch(/date or a phone number/)
})

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
    ['６３２１４３２３９９５４', '632143239954'],
    ['HT00000001.', 'HT00000001'],
    ['"HT00000001"', 'HT00000001'],
    ['Tracking: HT00000001', 'HT00000001'],
    ['Tracking No 632143239965', '632143239965'],
    ['No. Konsainan: 632143239965', '632143239965'],
    ['快递单号：632143239965', '632143239965'],
    ['POSLAJU ER665997522MY', 'ER665997522MY'],
    ['J&T Express - 632143239965', '632143239965'],
    ['632143239945 (J&T)', '632143239945'],
    ['TNT-12345678', 'TNT-12345678'],
    ['ER 665997520 MY', 'ER665997520MY'],
    ['JT 0000000001', 'JT0000000001'],
    ['jt 000 000 0001', 'JT0000000001'],
    ['J&T: JT 0000000001', 'JT0000000001'],
    ['SPXMY 044 8264 6165C', 'SPXMY04482646165C'],
    ['PL 123456789012', 'PL123456789012'],
    ['="0123456789"', '0123456789'],
    ["'0123456789", '0123456789'],
    ['632143239945.0', '632143239945'],
    ['EN123456789MY via Poslaju', 'EN123456789MY'],
    ['POS EN123456789MY', 'EN123456789MY'],
    ['TN 632143239956', '632143239956'],
    ['No 632143239956', '632143239956'],
    ['AB‑1234–CD', 'AB-1234-CD'],
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
    'Awb not available',
    'SELF PICKUP',
    'Self pick-up 2',
    'PENDING',
    'tiada',
    'N/A',
    '-',
    'POSLAJU',
    'to be confirmed 27112026',
  ])('is none when it is a note: %s', (input) => {
    expect(problemOf(input)).toMatch(/note and not a tracking number/)
  })

  const invisible = [...'\u200B\u200E\u202A\u202B\u202C\u202D\u202E\u2060\u2066\u2067\u2068\u2069\u00AD\uFE0F\uFEFF']

  test.each(invisible.map((mark) => [mark.codePointAt(0)!.toString(16), mark]))(
    'is the same with the mark U+%s in it, which no one sees',
    (_, mark) => {
      expect(parseTrackingNumber(`${mark}6321${mark}43239945${mark}`)).toEqual({
        ok: true,
        trackingNumber: '632143239945',
      })
    },
  )

  test.each([
    '',
    '   ',
    '12345',
    '-123456',
    '632143239945,632143239946',
    'MYR 12,50',
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
      fc.property(fc.string({ unit: fc.constantFrom(...'AbZ019- -E+.,:#J&T\u200BＡ１"'), maxLength: 40 }), (input) => {
        const parsed = parseTrackingNumber(input)
        if (!parsed.ok) return
        expect(parsed.trackingNumber).toMatch(/^[A-Z0-9][A-Z0-9-]{5,34}$/)
        expect(parseTrackingNumber(parsed.trackingNumber)).toEqual(parsed)
      }),
    )
  })
})
