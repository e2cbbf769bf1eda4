import fc, { type Arbitrary } from 'fast-check'

/** As much of JSON Schema as our OpenAPI document uses. */
export type Schema = {
  $ref?: string
  type?: string
  enum?: readonly unknown[]
  const?: unknown
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  properties?: Record<string, Schema>
  required?: readonly string[]
  items?: Schema
  pattern?: string
  format?: string
  examples?: readonly unknown[]
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
}
export type Schemas = Record<string, Schema>

/** Stands in everything long that is sent, so that an answer that gives it back is found out. */
export const marker = 'ECHO'
const long = (length: number) => marker.repeat(Math.ceil(length / marker.length)).slice(0, length)

/** Texts that have broken programs before. */
export const hostileText: Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 2, arbitrary: fc.constantFrom(1, 34, 36, 40, 60, 100, 101, 200, 254, 255, 1_000, 5_000).map(long) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        '',
        ' ',
        '\0',
        'a\0b',
        '\ud800',
        'x\udfffy',
        '\u202e',
        '\u200b',
        '\ufeff',
        '🇲🇾'.repeat(20),
        '１２３４５６７８',
        '\r\nx-injected: 1',
      ],
      ...[
        '0000-01-01',
        '0000-12-31T00:00:00Z',
        '9999-12-31T23:59:59.999999999Z',
        '2026-02-30',
        '-0001-01-01',
        '+010000-01-01',
      ],
      ...[
        '1e309',
        '-1',
        '0',
        '-0',
        'NaN',
        '9'.repeat(18),
        '9'.repeat(19),
        '9223372036854775808',
        '1.5',
        '0x10',
        '1_000',
      ],
      ...[
        '__proto__',
        'constructor',
        'toString',
        'null',
        'undefined',
        'true',
        '[]',
        '{}',
        '%',
        '%zz',
        '%00',
        '..',
        '../../etc/passwd',
      ],
      ...[
        "';drop table x;--",
        '$1',
        '{{7*7}}',
        '<script>alert(1)</script>',
        '=cmd|x',
        'javascript:alert(1)',
        'a@b',
        'a@b.c',
      ],
      ...[
        'HTTPS://X',
        'https:host',
        'https://a/\0',
        'https://u:p@a/',
        'https://[::1]/',
        'http://a',
        '\u0001https://a',
        ',,,,',
        ',',
        ';',
      ],
    ),
  },
)

/** Anything JSON can hold, where something else is wanted. */
const hostileJson: Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }),
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, 2 ** 53, 0.1, [], {}, [[]], [null], { length: 1 }, { toJSON: 1 }),
  fc.integer({ min: 1, max: 400 }).map((length) => Array.from({ length }, () => long(8))),
  fc
    .integer({ min: 1, max: 300 })
    .map((keys) => Object.fromEntries(Array.from({ length: keys }, (_, key) => [long(30) + key, key]))),
)

const textOf = ({ pattern, format, examples = [], minLength = 0, maxLength = 60 }: Schema): Arbitrary<string> => {
  const likely: Arbitrary<string>[] = [fc.string({ minLength, maxLength: Math.min(maxLength, 60) })]
  if (examples.length > 0)
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...examples.map(String)) }, ...likely)
  if (format === 'email') likely.push(fc.emailAddress())
  else if (format === 'uuid') likely.push(fc.uuid())
  else if (format === 'uri') likely.push(fc.webUrl({ validSchemes: ['https'] }))
  else if (pattern) likely.push(fc.stringMatching(new RegExp(pattern)))
  if (format?.startsWith('date'))
    likely.push(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, format === 'date' ? 10 : 30)),
    )
  return fc.oneof(...likely)
}

const spoilt = (valid: Arbitrary<unknown>): Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: valid }, { weight: 1, arbitrary: hostileJson })

const dereferenced = (schema: Schema, schemas: Schemas): Schema =>
  schema.$ref ? schemas[schema.$ref.split('/').at(-1)!]! : schema

/** Values that fit a schema, most of the time. */
export const valueFor = (given: Schema, schemas: Schemas): Arbitrary<unknown> => {
  const schema = dereferenced(given, schemas)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map((choice) => valueFor(choice, schemas)))
  if (schema.enum) return spoilt(fc.constantFrom(...schema.enum))
  if ('const' in schema) return spoilt(fc.constant(schema.const))
  switch (schema.type) {
    case 'string':
      return spoilt(textOf(schema))
    case 'integer':
    case 'number':
      return spoilt(
        fc.integer({ min: (schema.minimum ?? 0) - 1, max: Math.min((schema.maximum ?? 1_000) + 1, 2 ** 31 - 1) }),
      )
    case 'boolean':
      return spoilt(fc.boolean())
    case 'null':
      return spoilt(fc.constant(null))
    case 'array':
      return spoilt(fc.array(valueFor(schema.items ?? {}, schemas), { maxLength: 4 }))
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(
        ([name, field]) => [name, valueFor(field, schemas)] as const,
      )
      const record = fc.record(Object.fromEntries(fields), { requiredKeys: [] })
      const whole = fc.record(Object.fromEntries(fields), { requiredKeys: [...(schema.required ?? [])] })
      const withMore = fc
        .tuple(record, hostileText, hostileJson)
        .map(([object, key, value]) => ({ ...object, [key]: value }))
      return spoilt(
        fc.oneof({ weight: 5, arbitrary: whole }, { weight: 1, arbitrary: record }, { weight: 1, arbitrary: withMore }),
      )
    }
    default:
      return hostileJson
  }
}
