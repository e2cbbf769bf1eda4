import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '../errors.ts'
import { columnsOfMapping, readMapping } from './mapping.ts'

const fields = { trackingNumber: 'awb' }
const whole = { name: 'x', source: { csv: { file: 'x.csv' } }, fields }
const problemOf = (mapping: unknown): string => {
  try {
    readMapping(JSON.stringify(mapping))
    return 'none'
  } catch (error) {
    return (error as Error).message
  }
}

test.each<[unknown, string]>([
  [{ ...whole, fields: {} }, 'fields.trackingNumber: '],
  [{ ...whole, fields: { ...fields, colour: 'c' } }, 'fields: There is no field “colour” here.'],
  [
    { ...whole, fields: { ...fields, courier: { column: 'a', value: 'b' } } },
    'fields.courier: Name a "column", or give a fixed "value".',
  ],
  [
    { ...whole, fields: { ...fields, courier: { column: 'a', steps: ['shout'] } } },
    'fields.courier.steps.0: A step is "upper"',
  ],
  [
    { ...whole, fields: { ...fields, bookedAt: { column: 'a', format: 'DD/MM' } } },
    'fields.bookedAt.format: Write "unix"',
  ],
  [{ ...whole, zone: 'Malaysia/KL' }, 'zone: Write a time zone'],
  [
    { ...whole, fields: { ...fields, status: { column: 's', words: { shipped: 'sent' } } } },
    'fields.status.words.shipped: Write one of: on_its_way,',
  ],
  [{ ...whole, source: {} }, 'source: Name one source'],
  [{ ...whole, source: { postgres: { query: 'select 1' } } }, 'source.postgres.key: This is missing.'],
])('what is wrong with a mapping is told at its place: %j', (mapping, sentence) => {
  expect(problemOf(mapping)).toContain(sentence)
})

test('a file that is no JSON is told as such', () => {
  expect(() => readMapping('name: x')).toThrow('The mapping is not JSON')
})

test('a mapping says which columns it reads, and changes its hash with what it says, not with how it is written', () => {
  const mapping = readMapping(
    JSON.stringify({
      ...whole,
      fields: { ...fields, courier: { value: 'DHL' }, email: { column: 'mail' }, bookedAt: 'made' },
    }),
  )
  expect(columnsOfMapping(mapping)).toEqual(['awb', 'mail', 'made'])
  expect(readMapping(JSON.stringify(whole, null, 4)).hash).toBe(readMapping(JSON.stringify(whole)).hash)
  expect(mapping.hash).not.toBe(readMapping(JSON.stringify(whole)).hash)
})

test('whatever a file holds, it is a mapping or is refused in a sentence', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({ name: fc.string(), source: fc.jsonValue(), fields: fc.jsonValue() }),
  )
  fc.assert(
    fc.property(anything, (sent) => {
      try {
        readMapping(JSON.stringify(sent))
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal)
      }
    }),
  )
})
