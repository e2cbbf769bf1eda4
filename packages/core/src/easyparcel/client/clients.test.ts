import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { normaliseClassic, normaliseOpen } from '../reading/normalise.ts'
import { allFixtures, type Fixture, loadFixture } from '../testing/fixtures.ts'
import { inspectAll } from '../testing/inspect-all.ts'
import { answer, type LocalServer, type Reply, startLocalServer } from '../testing/local-server.ts'
import type { ClientOptions } from './bulk-client.ts'
import { createClassicClient } from './classic-client.ts'
import type { EasyParcelClient } from './easyparcel-client.ts'
import { EasyParcelError } from './easyparcel-error.ts'
import { createOpenClient } from './open-client.ts'
import type { TokenKeeper } from './token-keeper.ts'

const now = new Date('2026-02-01T00:00:00Z')
const number = '7028021894371796'

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
beforeEach(() => {
  server.seen.length = 0
})
afterAll(() => server.close())

const tokens: TokenKeeper = {
  accessToken: async () => 'secret-access-token',
  refresh: async () => 'refreshed',
}
const options = (change: Partial<ClientOptions> = {}): ClientOptions => ({
  baseUrl: server.baseUrl,
  timeoutMs: 2000,
  responseLimitBytes: 100_000,
  batchMax: 50,
  concurrencyMax: 3,
  defaultZone: '+08:00',
  ...change,
})
type Api = Fixture['api']
const clientOf = (api: Api, change: Partial<ClientOptions> = {}): EasyParcelClient =>
  api === 'open'
    ? createOpenClient({ ...options(change), version: '2026-06', tokens })
    : createClassicClient({ ...options(change), apiKey: 'secret api key' })
const ask = (source: EasyParcelClient, asked: string[] = [number], signal = new AbortController().signal) =>
  source.trackMany(asked, { signal, now })
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable('the call should fail'),
    (error: unknown) => error,
  )

const success: Record<Api, unknown> = {
  open: loadFixture('mixed-zones').body,
  classic: loadFixture('classic-numeric-keyed').body,
}
const apis: Api[] = ['open', 'classic']
const html = { 'content-type': 'text/html; charset=UTF-8' }

test('the Open API is asked with a bearer token and a JSON list', async () => {
  server.replyWith(answer(200, success.open))
  const answered = await ask(clientOf('open'), [number, '960301021837659'])
  expect(server.seen).toHaveLength(1)
  expect(server.seen[0]).toMatchObject({
    path: '/open_api/2026-06/shipment/tracking_status',
    headers: {
      authorization: 'Bearer secret-access-token',
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^Jejak/),
    },
    body: '{"awb_numbers":["7028021894371796","960301021837659"]}',
  })
  expect(answered).toMatchObject({ httpStatus: 200, requestId: '1769761472947.b7a9d539-083a-48d7-8974-0fd6f13baa72' })
})

test('the classic API is asked with a form that holds the key', async () => {
  server.replyWith(answer(200, success.classic))
  await ask(clientOf('classic'), ['238725129086', '238725129087'])
  expect(server.seen[0]).toMatchObject({
    path: '/?ac=EPTrackingBulk',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'api=secret+api+key&bulk%5B0%5D%5Bawb_no%5D=238725129086&bulk%5B1%5D%5Bawb_no%5D=238725129087',
  })
})

const servable = allFixtures().filter((fixture) => !Array.isArray(fixture.body))

test.each(servable.filter((fixture) => !fixture.failure))(
  'over HTTP, $name reads as it does on paper',
  async (fixture) => {
    server.replyWith(answer(200, fixture.body, { 'content-type': fixture.contentType }))
    const answered = await clientOf(fixture.api).trackMany(fixture.asked, {
      signal: new AbortController().signal,
      now: fixture.now,
    })
    const read = fixture.api === 'open' ? normaliseOpen : normaliseClassic
    const { asked } = fixture
    const { requestId } = answered
    expect(answered).toEqual(
      await read(fixture.body, { asked, now: fixture.now, defaultZone: '+08:00', httpStatus: 200, requestId }),
    )
  },
)

test.each(servable.filter((fixture) => fixture.failure))(
  'over HTTP, $name fails the call as $failure',
  async (fixture) => {
    server.replyWith(answer(200, fixture.body, { 'content-type': fixture.contentType }))
    expect(await failureOf(ask(clientOf(fixture.api), fixture.asked))).toMatchObject({
      name: 'EasyParcelError',
      kind: fixture.failure,
    })
    expect(server.seen).toHaveLength(1)
  },
)

const challenge = '<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head></html>'
const statuses: [number, unknown, Record<string, string>, string][] = [
  [
    400,
    { status_code: 400, message: 'Validation error', data: { errors: ['The awb numbers field is required'] } },
    {},
    'rejected',
  ],
  [
    401,
    { error: { statusCode: 401, status: 401, code: 401, name: 'invalid_token' }, status_code: 401 },
    {},
    'unauthorised',
  ],
  [401, { status_code: 401, message: 'Invalid Oauth 2.0 access token', data: null }, {}, 'unauthorised'],
  [
    401,
    { status_code: 401, request_id: '1.a', message: 'Unauthorized Access', data: 'Invalid Access Token' },
    {},
    'unauthorised',
  ],
  [401, { status_code: 401, message: 'Unauthorized access', data: null }, {}, 'unauthorised'],
  [403, { message: 'Forbidden' }, {}, 'server'],
  [402, { status_code: 402, message: 'Insufficient credit', data: null }, {}, 'server'],
  [403, challenge, html, 'server'],
  [404, { status_code: 404, message: 'Not Found', data: [] }, {}, 'server'],
  [404, '<html>not found</html>', html, 'server'],
  [422, { status_code: 422, data: '', message: 'no' }, {}, 'rejected'],
  [429, { status_code: 429, message: 'Too Many Requests' }, {}, 'rate-limited'],
  [429, challenge, html, 'rate-limited'],
  [500, { status_code: 500, message: 'Server Error' }, {}, 'server'],
  [500, { status_code: 200, message: 'ok', data: { results: [] } }, {}, 'server'],
  [502, '<html>bad gateway</html>', html, 'server'],
  [503, '', {}, 'server'],
  [520, challenge, html, 'server'],
  [301, '', { location: 'http://127.0.0.1:1/' }, 'malformed'],
  [302, '', { location: '/login' }, 'malformed'],
  [200, '', {}, 'malformed'],
  [200, 'null', {}, 'malformed'],
  [200, '[]', {}, 'malformed'],
  [200, 'Service temporarily unavailable', { 'content-type': 'text/plain' }, 'malformed'],
  [204, '', {}, 'malformed'],
]
const allStatuses = apis.flatMap((api) => statuses.map((one) => [api, ...one] as const))

test.each(allStatuses)(
  '%s: %i %j %j fails the call as %s, without a second request',
  async (api, status, body, headers, kind) => {
    server.replyWith(answer(status, body, headers))
    const failure = await failureOf(ask(clientOf(api)))
    expect(failure).toMatchObject({ name: 'EasyParcelError', kind, retryAfterMs: null })
    expect(server.seen).toHaveLength(1)
  },
)

test('JSON served as HTML is no answer of the Open API', async () => {
  server.replyWith(answer(200, success.open, html))
  expect(await failureOf(ask(clientOf('open')))).toMatchObject({ kind: 'malformed' })
})

test.each([
  ['7', 7000],
  ['Sun, 01 Feb 2026 00:02:00 GMT', 120_000],
  ['Sat, 31 Jan 2026 00:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
])('Retry-After "%s" asks to wait %s ms', async (retryAfter, retryAfterMs) => {
  server.replyWith(answer(429, {}, { 'retry-after': retryAfter }))
  expect(await failureOf(ask(clientOf('open')))).toMatchObject({ kind: 'rate-limited', retryAfterMs })
  server.replyWith(answer(503, {}, { 'retry-after': retryAfter }))
  expect(await failureOf(ask(clientOf('open')))).toMatchObject({ kind: 'server', retryAfterMs })
})

const broken: [string, Reply, string, Partial<ClientOptions>][] = [
  ['an answer that never comes', () => undefined, 'timeout', { timeoutMs: 100 }],
  [
    'an answer that drips',
    (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    'timeout',
    { timeoutMs: 100 },
  ],
  ['a connection reset at once', (response) => response.destroy(), 'network', {}],
  [
    'a connection reset in the middle of the body',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
        .write('{"data"', () => response.destroy()),
    'network',
    {},
  ],
  [
    'an answer above the size limit',
    answer(200, { data: 'x'.repeat(5000) }),
    'malformed',
    { responseLimitBytes: 1000 },
  ],
  [
    'a small packed answer that unpacks above the limit',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync(' '.repeat(500_000))),
    'malformed',
    {},
  ],
  [
    'damaged compression',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end('not gzip at all'),
    'malformed',
    {},
  ],
  ['something that is not HTTP', (response) => response.socket?.end('SSH-2.0-OpenSSH\r\n'), 'malformed', {}],
]
const allBroken = apis.flatMap((api) => broken.map(([title, ...rest]) => [`${api}: ${title}`, api, ...rest] as const))

test.each(allBroken)('%s', async (_title, api, reply, kind, change) => {
  server.replyWith(reply)
  expect(await failureOf(ask(clientOf(api, change)))).toMatchObject({ name: 'EasyParcelError', kind, httpStatus: null })
  expect(server.seen).toHaveLength(1)
})

test('a packed answer is read like a plain one', async () => {
  server.replyWith((response) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'br' })
      .end(brotliCompressSync(JSON.stringify(success.open))),
  )
  expect((await ask(clientOf('open'))).items.get(number)?.kind).toBe('found')
})

test('a tracking number printed as a number too large for one keeps all its digits', async () => {
  const body = '{"data":{"results":[{"awb_number":70280218943717961234,"status":"success","status_log":[]}]}}'
  server.replyWith(answer(200, body))
  const answered = await ask(clientOf('open'), ['70280218943717961234'])
  expect(answered.items.get('70280218943717961234')).toMatchObject({ kind: 'found' })
})

test('a host that is not there fails as network', async () => {
  expect(await failureOf(ask(clientOf('open', { baseUrl: 'http://127.0.0.1:1' })))).toMatchObject({ kind: 'network' })
})

test.each(apis)('%s: no failure shows the token or the key, however it is printed', async (api) => {
  const replies: Reply[] = [
    answer(401, {}),
    answer(500, ''),
    (response) => response.destroy(),
    answer(302, '', { location: '/' }),
  ]
  for (const reply of replies) {
    server.replyWith(reply)
    const failure = await failureOf(ask(clientOf(api)))
    expect(inspectAll(failure)).not.toMatch(/secret[ +-](access|api)/)
    expect(inspectAll(failure)).not.toContain(number)
  }
})

test('no more requests are open at once than allowed, and a worker that stops sends no further ones', async () => {
  let open = 0
  let openMax = 0
  const release: (() => void)[] = []
  server.replyWith((response, request) => {
    open += 1
    openMax = Math.max(openMax, open)
    release.push(() => {
      open -= 1
      answer(200, success.open)(response, request)
    })
  })
  const source = clientOf('open', { concurrencyMax: 2 })
  const stop = new AbortController()
  const calls = [ask(source), ask(source), failureOf(ask(source, [number], stop.signal)), ask(source)]
  while (release.length < 2) await new Promise((resolve) => setImmediate(resolve))
  stop.abort()
  let done = false
  const all = Promise.all(calls).finally(() => {
    done = true
  })
  while (!done) {
    release.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect((await all)[2]).toMatchObject({ kind: 'network', message: 'The call was stopped before it was sent.' })
  expect(openMax).toBe(2)
  expect(server.seen).toHaveLength(3)
})

test('a worker that stops cuts its open request off', async () => {
  const stop = new AbortController()
  server.replyWith(() => stop.abort())
  expect(await failureOf(ask(clientOf('open'), [number], stop.signal))).toMatchObject({ kind: 'network' })
})

test('a refused token is renewed for the next call, the token that was refused and no other', async () => {
  const refused: string[] = []
  const given = ['first', 'second']
  const source = createOpenClient({
    ...options(),
    version: '2026-06',
    tokens: {
      accessToken: async () => given.shift() ?? 'third',
      refresh: async (token) => {
        refused.push(token)
        return 'refreshed'
      },
    },
  })
  server.replyWith(answer(401, {}))
  const failures = [await failureOf(ask(source)), await failureOf(ask(source))]
  const signal = new AbortController().signal
  for (const failure of failures) if (failure instanceof EasyParcelError) await source.renewAccess?.(failure, signal)
  expect(refused).toEqual(['first', 'second'])
  const foreign = new EasyParcelError({ kind: 'unauthorised' }, 'EasyParcel is not connected.')
  await expect(source.renewAccess?.(foreign, signal)).rejects.toBe(foreign)
})

test('a batch is 1 to 50 different numbers, each asked for once', async () => {
  server.replyWith(answer(200, success.open))
  const source = clientOf('open')
  await ask(source, [number, number])
  expect(server.seen[0]?.body).toBe(`{"awb_numbers":["${number}"]}`)
  await expect(async () => ask(source, [])).rejects.toThrow('1 to 50 tracking numbers, not 0')
  await expect(async () =>
    ask(
      source,
      Array.from({ length: 51 }, (_, place) => `N${place}`),
    ),
  ).rejects.toThrow('not 51')
})

test('keys never travel to a live EasyParcel host in clear, and the plain demo host stays reachable', () => {
  expect(() => clientOf('classic', { baseUrl: 'http://connect.easyparcel.my' })).toThrow('must be reached over https')
  for (const host of ['api.easyparcel.com', 'easyparcel.sg', 'api.easyparcel.co.th', 'api.easyparcel.co.id'])
    expect(() => clientOf('open', { baseUrl: `http://${host}/` })).toThrow('must be reached over https')
  expect(() => clientOf('classic', { baseUrl: 'http://demo.connect.easyparcel.my' })).not.toThrow()
})
