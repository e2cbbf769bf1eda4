import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readIdempotencyKey } from './idempotency-key.ts'

const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code))
const keys = fc.array(visible, { minLength: 1, maxLength: 255 }).map((letters) => letters.join(''))

test('a key is the same with quotation marks around it and without', () => {
  fc.assert(
    fc.property(
      keys.filter((key) => !key.startsWith('"')),
      (key) => {
        const inQuotes = `"${key.replaceAll(/["\\]/g, '\\$&')}"`
        expect([readIdempotencyKey(key), readIdempotencyKey(inQuotes)]).toEqual([key, key])
      },
    ),
  )
})

test('a request without the header has no key', () => {
  expect(readIdempotencyKey(undefined)).toBeUndefined()
})

test.each([
  ['nothing', ''],
  ['empty quotation marks', '""'],
  ['a quotation mark that is not closed', '"abc'],
  ['two headers', 'abc, def'],
  ['two quoted ones', '"abc", "def"'],
  ['letters outside ASCII', 'kedai-é'],
  ['more than 255 characters', 'a'.repeat(256)],
])('%s is no key', (_, header) => {
  expect(() => readIdempotencyKey(header)).toThrow('1 to 255 visible ASCII characters')
})
