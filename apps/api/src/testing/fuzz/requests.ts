import fc, { type Arbitrary } from 'fast-check'
import { hostileText, marker, type Schema, type Schemas, valueFor } from './arbitraries.ts'

type Content = Record<string, { schema: Schema }>
export type Operation = {
  id: string
  method: string
  path: string
  parameters: readonly { name: string; in: 'path' | 'query'; schema: Schema }[]
  body: Content | undefined
  wantsKey: boolean
  responses: Record<string, { content?: Content }>
}
export type FuzzRequest = {
  method: string
  path: string
  headers: Record<string, string>
  body: string | Buffer | undefined
}
/** What is there: parameters take these values now and then. */
export type Known = { keys: readonly string[]; values: Record<string, readonly string[]> }

type Document = {
  paths: Record<string, Record<string, Record<string, unknown>>>
  components: { schemas: Schemas }
}

export const operationsOf = ({ paths }: Document): Operation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      id: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters: (operation.parameters as Operation['parameters'] | undefined) ?? [],
      body: (operation.requestBody as { content: Content } | undefined)?.content,
      wantsKey: operation.security !== undefined,
      responses: operation.responses as Operation['responses'],
    })),
  )

const unreserved = /[A-Za-z0-9._~-]/

/** Percent-encodes what must be and, unlike encodeURIComponent, whatever it is given. */
const encode = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const letter = String.fromCharCode(byte)
      return unreserved.test(letter) ? letter : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')

const often = <T>(usual: Arbitrary<T>, seldom: Arbitrary<T>, weight = 6): Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: seldom })

const parameterOf = (
  { name, schema }: Operation['parameters'][number],
  schemas: Schemas,
  known: Known,
): Arbitrary<string> => {
  const values = known.values[name] ?? []
  const fitting = valueFor(schema, schemas).map((value) =>
    encode(typeof value === 'string' ? value : JSON.stringify(value)),
  )
  const mixed = values.length > 0 ? fc.oneof(fc.constantFrom(...values).map(encode), fitting) : fitting
  return often(mixed, fc.oneof(hostileText.map(encode), fc.constantFrom('%', '%zz', '%c0%af', '%ff', '%ed%a0%80')), 8)
}

// An empty part would be the address of another operation.
const pathOf = (operation: Operation, schemas: Schemas, known: Known): Arbitrary<string> => {
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
  return fc
    .tuple(...inPath.map((parameter) => parameterOf(parameter, schemas, known).filter((value) => value !== '')))
    .map((values) =>
      inPath.reduce((path, { name }, at) => path.replace(`{${name}}`, () => values[at]!), operation.path),
    )
}

const queryOf = (operation: Operation, schemas: Schemas, known: Known): Arbitrary<string> => {
  const pairs = operation.parameters
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) => parameterOf(parameter, schemas, known).map((value) => `${parameter.name}=${value}`))
  const strange = fc.constantFrom(
    'x=1',
    '&&',
    '=',
    '__proto__=1',
    'shop[]=1',
    'k',
    '%zz=1',
    'limit=1&limit=2',
    `${marker.repeat(500)}=1`,
  )
  const one = pairs.length > 0 ? often(fc.oneof(...pairs), strange, 9) : strange
  return often(fc.constant([] as string[]), fc.array(one, { maxLength: 4 }), pairs.length > 0 ? 1 : 8).map((parts) =>
    parts.length > 0 ? `?${parts.join('&')}` : '',
  )
}

const brokenJson = fc.constantFrom(
  ...[
    '',
    '{',
    '[1',
    '"',
    'null',
    '1',
    '[]',
    '{}',
    '{"a":1,}',
    '\u0000',
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":1}}',
    '\ufeff{}',
  ],
  ...[
    '['.repeat(2_000),
    '{"a":'.repeat(700),
    '1'.repeat(3_000),
    `"${marker.repeat(900)}"`,
    `{"${marker.repeat(900)}":1}`,
    '{"a":1e400}',
  ],
)
const csv = fc
  .tuple(
    fc.constantFrom(
      'tracking_number',
      'AWB,courier',
      'tracking_number;phone;email',
      'tracking_number\torder_number',
      'nothing,known',
      '',
      '"',
      `${marker.repeat(200)},awb`,
    ),
    fc.array(
      fc.array(hostileText, { maxLength: 4 }).map((cells) => cells.join(',')),
      { maxLength: 5 },
    ),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([heading, lines, end]) => [heading, ...lines].join(end))

const multipart = fc
  .tuple(csv, fc.constantFrom('file', 'f', '__proto__', ''))
  .map(
    ([file, name]) =>
      `--x\r\ncontent-disposition: form-data; name="${name}"; filename="a.csv"\r\ncontent-type: text/csv\r\n\r\n${file}\r\n--x--\r\n`,
  )
const brokenForm = fc.constantFrom(
  '',
  '--x',
  '--x\r\n\r\n',
  '--x--\r\n',
  '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
  'no form',
)
const formType = fc.constantFrom(
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary=y',
)

type Body = Pick<FuzzRequest, 'body'> & { type: string | undefined }
const typed = (type: string | undefined, body: Arbitrary<string>): Arbitrary<Body> =>
  body.map((text) => ({ type, body: text }))

const bodyOf = ({ body }: Operation, schemas: Schemas): Arbitrary<Body> => {
  const none: Arbitrary<Body> = fc.constant({ type: undefined, body: undefined })
  const otherType = fc.constantFrom(
    ...[
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'application/json;;',
      'x',
      '/',
      'text/csv',
    ],
    ...['multipart/form-data; boundary=x', 'application/vnd.api+json', 'application/merge-patch+json'],
  )
  const wrong = fc.tuple(otherType, often(brokenJson, csv, 2)).map(([type, text]): Body => ({ type, body: text }))
  if (!body) return often(none, fc.oneof(wrong, typed('application/json', brokenJson)), 4)
  const json = body['application/json']
  if (json)
    return fc.oneof(
      {
        weight: 12,
        arbitrary: typed(
          'application/json',
          valueFor(json.schema, schemas).map((value) => JSON.stringify(value)),
        ),
      },
      { weight: 2, arbitrary: typed('application/json', brokenJson) },
      { weight: 1, arbitrary: wrong },
      { weight: 1, arbitrary: none },
    )
  return fc.oneof(
    { weight: 4, arbitrary: typed('text/csv', csv) },
    { weight: 2, arbitrary: typed('multipart/form-data; boundary=x', multipart) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(formType, fc.oneof(multipart, brokenForm))
        .map(([type, text]): Body => ({ type, body: text })),
    },
    { weight: 1, arbitrary: wrong },
    { weight: 1, arbitrary: none },
    {
      weight: 1,
      arbitrary: fc
        .uint8Array({ maxLength: 300 })
        .map((bytes): Body => ({ type: 'text/csv', body: Buffer.from(bytes) })),
    },
  )
}

const oddHeaders: Arbitrary<Record<string, string>> = fc.constantFrom<Record<string, string>>(
  { 'if-none-match': '*' },
  { 'if-none-match': `W/"${marker.repeat(200)}", "x` },
  { 'last-event-id': marker.repeat(500) },
  { 'accept-encoding': ',;q=,br;q=0.0001,gzip;q=' },
  { 'accept-language': `${marker.repeat(100)};q=,*` },
  { 'x-request-id': 'a"b\tc<script>' },
  { 'x-request-id': marker.repeat(200) },
  { 'x-forwarded-for': `1.2.3.4:5, ${marker.repeat(100)}` },
  { 'content-encoding': 'gzip' },
  { 'accept-version': '9' },
  { expect: 'more' },
  { origin: 'null', cookie: marker.repeat(500) },
  { range: 'bytes=0-1', 'if-modified-since': 'x' },
  { 'content-type': '' },
)

const authorizationOf = ({ keys }: Known): Arbitrary<string | undefined> =>
  often<string | undefined>(
    fc.constantFrom(...keys).map((key) => `Bearer ${key}`),
    fc.constantFrom<(string | undefined)[]>(
      undefined,
      '',
      'Bearer',
      'Bearer x',
      'Basic eDp5',
      `Bearer ${marker.repeat(40)}`,
      `bearer  ${keys[0]}`,
    ),
    12,
  )

/** Requests to one operation, from nearly right to hostile. */
export const requestTo = (operation: Operation, schemas: Schemas, known: Known): Arbitrary<FuzzRequest> =>
  fc
    .record({
      path: pathOf(operation, schemas, known),
      query: queryOf(operation, schemas, known),
      body: bodyOf(operation, schemas),
      odd: often(fc.constant({}), oddHeaders, 7),
      authorization: operation.wantsKey ? authorizationOf(known) : fc.constant(undefined),
    })
    .map(({ path, query, body: { type, body }, odd, authorization }) => ({
      method: operation.method,
      path: `${path}${query}`.slice(0, 12_000),
      headers: {
        ...(type !== undefined && { 'content-type': type }),
        ...(authorization !== undefined && { authorization }),
        ...odd,
      },
      body,
    }))
