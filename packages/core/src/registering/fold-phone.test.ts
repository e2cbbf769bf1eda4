import { contact } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldPhone } from './fold-phone.ts'

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
  expect(foldPhone(phone)).toBe('+60123456789')
})

test('a foreign phone keeps its country', () => {
  expect(foldPhone('+65 9123 4567')).toBe('+6591234567')
})

test('what is no phone number of any country still equals itself', () => {
  expect(foldPhone('+6081234567890')).toBe('+6081234567890')
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
        const registered = spellings(number).map((phone) => foldPhone(contact.parse({ phone }).phone!))
        expect(new Set(registered)).toEqual(new Set([`+60${number.join('')}`]))
      }),
    )
  })
})
