import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldOrderNumber, orderSpellings } from './order-spellings.ts'

test('an order is found with or without its #, in any case', () => {
  for (const typed of ['#a-1001', 'A-1001', '#A-1001', 'a-1001']) {
    expect(orderSpellings(typed)).toEqual(expect.arrayContaining(['A-1001', '#A-1001', 'a-1001', '#a-1001']))
    expect(foldOrderNumber(typed)).toBe('A-1001')
  }
})

test('what was typed is always among the spellings, and there are always as many', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 20 }), (typed) => {
      expect(orderSpellings(typed)).toContain(typed)
      expect(orderSpellings(typed)).toHaveLength(6)
    }),
  )
})
