import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contact, readPhones } from './contact.ts'

test.each([
  '012-345 6789',
  '+60 12-345 6789',
  '60123456789',
  '0060123456789',
  '(012) 3456789',
  '+60 (0)12-345 6789',
  '+600123456789',
  '12-345 6789',
  '０１２３４５６７８９',
])('%s is the same phone', (phone) => {
  expect(readPhones(phone)).toEqual(['+60123456789'])
})

test('two phones with one blank between them are two', () => {
  expect(readPhones('0123456789 0198765432')).toEqual(['+60123456789', '+60198765432'])
})

test('a foreign phone keeps its country', () => {
  expect(readPhones('+65 9123 4567')).toEqual(['+6591234567'])
})

test('what is no phone number of any country still equals itself', () => {
  expect(readPhones('+6081234567890')).toEqual(['+6081234567890'])
})

test.each([
  ['123456789', '+60123456789'],
  ['1123456789', '+601123456789'],
  ['60123456789.0', '+60123456789'],
  ['6591234567', '+6591234567'],
  ['8613800138000', '+8613800138000'],
  ['03-1234 5678 ext 12', '+60312345678'],
  ['03-1234 5678 samb. 12', '+60312345678'],
  ['Aisyah 012-345 6789', '+60123456789'],
  ['tel: 012-345 6789 (WhatsApp)', '+60123456789'],
  ["'0123456789", '+60123456789'],
  ['012/3456789', '+60123456789'],
  ['012-345 6789/4', '+60123456789'],
  ['+60123456789.0', '+60123456789'],
  ['03-1234 5678-9', '+60312345678'],
  ['\u202a+6012-345 6789\u202c', '+60123456789'],
])('%s is read as %s', (typed, phone) => {
  expect(readPhones(typed)).toEqual([phone])
})

test('of two phones in a cell both are kept', () => {
  for (const between of [' / ', '/', ', ', '; ', ' or ', ' atau ', '\n', ' '])
    expect(readPhones(`012-345 6789${between}019-876 5432`)).toEqual(['+60123456789', '+60198765432'])
})

test.each(['******89', '012-***6789', '012-xxx6789', '-', 'N/A', '6.01235E+10', '0000000000', ''])(
  '%j is no phone and never stored as one',
  (typed) => {
    expect(readPhones(typed)).toEqual([])
  },
)

test('what was read once is read the same again', () => {
  const typed = fc.string({ unit: fc.constantFrom(...'0123456789+ -()/.x*'), maxLength: 24 })
  fc.assert(
    fc.property(typed, (text) => {
      for (const phone of readPhones(text)) expect(readPhones(phone)).toEqual([phone])
    }),
    { numRuns: 2_000 },
  )
})

describe('a number registered before and one that is looked up', () => {
  const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`))
  // Malaysian mobile and fixed lines with their area codes, without the leading zero.
  const national = fc.oneof(
    fc.tuple(fc.constantFrom('10', '12', '13', '14', '16', '17', '18', '19'), digits(7, 7)),
    fc.tuple(fc.constantFrom('11'), digits(8, 8)),
    fc.tuple(fc.constantFrom('3'), digits(8, 8)),
    fc.tuple(fc.constantFrom('4', '5', '6', '7', '9', '82', '88'), digits(7, 7)),
  )
  const spellings = ([area, line]: [string, string]) => [
    `0${area}${line}`,
    `0${area}-${line.slice(0, 3)} ${line.slice(3)}`,
    `(0${area}) ${line}`,
    `60${area}${line}`,
    `+60${area}${line}`,
    `+60 (0)${area}-${line}`,
    `0060 ${area} ${line}`,
  ]

  test('are the same however either is written', () => {
    fc.assert(
      fc.property(national, (number) => {
        const registered = spellings(number).map((phone) => contact.parse({ phone }).phone)
        expect(new Set(registered)).toEqual(new Set([`+60${number.join('')}`]))
      }),
    )
  })
})
