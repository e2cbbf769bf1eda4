import { expect, test } from 'vitest'
import { foldOrderNumber } from './fold-order-number.ts'

test('an order number is one, whatever its capitals and however many # lead it', () => {
  for (const typed of ['#a-1001', 'A-1001', '##A-1001', '# a-1001', '# # #a-1001'])
    expect(foldOrderNumber(typed)).toBe('A-1001')
})

test('a # further on, and letters without capitals in the database’s fold, stay as they are', () => {
  expect(foldOrderNumber('kl#7-ß-é-店')).toBe('KL#7-ß-é-店')
})
