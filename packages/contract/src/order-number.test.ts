import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldOrderNumber, orderNumber } from './order-number.ts'

test.each([
  '#1001',
  '1001',
  'Order #1001',
  'order 1001',
  'No. 1001',
  '1001.',
  '＃１００１',
  'Order No.: 1001',
  'Pesanan 1001',
  '订单号：1001',
  '10\u200b01\u2060',
  '(1001)',
  '"1001"',
  '\u21161001',
  '1001!',
  'Tempahan 1001',
  'Your order #1001',
  'order1001',
])('%s is the order 1001', (typed) => {
  expect(foldOrderNumber(typed)).toBe('1001')
  // As it is stored and then looked for.
  expect(foldOrderNumber(orderNumber.parse(typed))).toBe('1001')
})

test('capitals make no difference', () => {
  for (const typed of ['#a-1001', 'A-1001', '##A-1001', '# a-1001']) expect(foldOrderNumber(typed)).toBe('A-1001')
})

test('every dash is the one on the keyboard', () => {
  for (const dash of '\u2010\u2011\u2012\u2013\u2014\u2212') expect(foldOrderNumber(`A${dash}1`)).toBe('A-1')
})

test.each(['ORDER-77', 'NO-7', 'NOOR1', 'ORDER', '#', 'KL#7-ß-é-店'])('%s is a number of its own', (typed) => {
  expect(foldOrderNumber(typed)).toBe(typed)
})

test('a folded number folds to itself', () => {
  const character = fc.oneof(
    fc.constantFrom(...'#. :AnoORDERid19-ﬁＡ\u200b\u0301'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
  )
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 14 }), (typed) => {
      const folded = foldOrderNumber(typed)
      expect(foldOrderNumber(folded)).toBe(folded)
      expect(foldOrderNumber(`\u2060#${typed}`.trim())).toBe(foldOrderNumber(`#${typed}`))
    }),
    { numRuns: 2_000 },
  )
})

test.each(['5.76461E+17', '3.12346E+14', '3,12346e14'])('%s is refused: a spreadsheet has shortened it', (typed) => {
  expect(orderNumber.safeParse(typed).error?.issues[0]?.message).toContain('spreadsheet has shortened')
})

test('an order number is kept as its shop writes it', () => {
  expect(orderNumber.parse(' Order #1001 ')).toBe('Order #1001')
  expect(orderNumber.parse('1001.0')).toBe('1001')
})
