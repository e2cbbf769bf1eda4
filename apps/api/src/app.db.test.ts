import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from './testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())

const problemType = 'application/problem+json; charset=utf-8'
const aKey = () => withKey(world.shop.key)

test('a request without a key is told how to send one', async () => {
  const response = await world.app.inject({ url: '/v1/trackings' })
  expect(response.statusCode).toBe(401)
  expect(response.headers['www-authenticate']).toBe('Bearer realm="jejak"')
  expect(response.headers['content-type']).toBe(problemType)
  expect(response.headers['cache-control']).toBe('no-store')
  expect(response.json()).toMatchObject({ code: 'unauthenticated', status: 401, requestId: expect.any(String) })
})

test.each(['Bearer jejak_nobody_has_this_key_at_all', 'Bearer short', 'Basic YTpi', `Bearer ${'x'.repeat(500)}`])(
  'a wrong key is refused: %s',
  async (authorization) => {
    const response = await world.app.inject({ url: '/v1/trackings', headers: { authorization } })
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toBe('Bearer realm="jejak", error="invalid_token"')
  },
)

test('a key ends within a second of its revocation, and at its expiry', async () => {
  const { organizationId } = world.shop
  const expired = await world.addKey(organizationId, ['trackings:read'], new Date(world.clock.now().getTime() - 1))
  expect((await world.app.inject({ url: '/v1/trackings', headers: withKey(expired) })).statusCode).toBe(401)

  const key = await world.addKey(organizationId, ['trackings:read'])
  const ask = async () => (await world.app.inject({ url: '/v1/trackings', headers: withKey(key) })).statusCode
  expect(await ask()).toBe(200)
  await world.query(`update api_keys set revoked_at = now() where prefix = $1`, [key.slice(0, 11)])
  world.clock.advance(1_000)
  expect(await ask()).toBe(401)

  const ending = await world.addKey(organizationId, ['trackings:read'], new Date(world.clock.now().getTime() + 500))
  const askAgain = async () => (await world.app.inject({ url: '/v1/trackings', headers: withKey(ending) })).statusCode
  expect(await askAgain()).toBe(200)
  world.clock.advance(500)
  expect(await askAgain()).toBe(401)
})

test('a clock that is set back lets no revoked key live on', async () => {
  const key = await world.addKey(world.shop.organizationId, ['trackings:read'])
  const ask = async () => (await world.app.inject({ url: '/v1/trackings', headers: withKey(key) })).statusCode
  expect(await ask()).toBe(200)
  await world.query(`update api_keys set revoked_at = now() where prefix = $1`, [key.slice(0, 11)])
  world.clock.advance(-3_600_000)
  await expect.poll(ask).toBe(401)
  world.clock.advance(3_600_000)
})

test('a key may do only what its scopes say', async () => {
  const reader = withKey(await world.addKey(world.shop.organizationId, ['trackings:read']))
  const write = await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: reader, payload: {} })
  expect(write.statusCode).toBe(403)
  expect(write.json()).toMatchObject({
    code: 'forbidden',
    detail: 'This needs the permission parcels:write: a key with the scope trackings:write has it.',
  })
  expect((await world.app.inject({ url: '/v1/admin/overview', headers: reader })).statusCode).toBe(403)
})

type Asked = {
  url: string
  method?: 'POST' | 'PUT'
  payload?: string
  type?: string
  [header: string]: string | undefined
}

test.each([
  ['an address no one serves', { url: '/nowhere' }, 404, 'not_found'],
  ['a method no one serves', { method: 'PUT', url: '/v1/trackings' }, 404, 'not_found'],
  ['a broken percent sign', { url: '/v1/track/%zz' }, 400, 'validation'],
  [
    'a body that is not JSON',
    { method: 'POST', url: '/v1/trackings', payload: '{', type: 'application/json' },
    400,
    'validation',
  ],
  [
    'a body that is compressed',
    { method: 'POST', url: '/v1/trackings', payload: '{}', type: 'application/json', 'content-encoding': 'gzip' },
    415,
    'validation',
  ],
  ['plain text', { method: 'POST', url: '/v1/trackings', payload: '{}', type: 'text/plain' }, 415, 'validation'],
  ['an expectation', { url: '/v1/trackings', expect: 'the-unexpected' }, 417, 'validation'],
  ['an empty body', { method: 'POST', url: '/v1/trackings', payload: '', type: 'application/json' }, 400, 'validation'],
  [
    'a body of another type',
    { method: 'POST', url: '/v1/trackings', payload: '<a/>', type: 'application/xml' },
    415,
    'validation',
  ],
  [
    'a body that is too large',
    { method: 'POST', url: '/v1/trackings', payload: `"${'x'.repeat(1_100_000)}"`, type: 'application/json' },
    413,
    'validation',
  ],
  [
    'a list as the body',
    { method: 'POST', url: '/v1/trackings', payload: '[]', type: 'application/json' },
    400,
    'validation',
  ],
] as const)(
  '%s is answered with a problem',
  async (_name, { type, method, payload, url, ...others }: Asked, status, code) => {
    const headers = { ...aKey(), ...others, ...(type && { 'content-type': type }) }
    const request = { url, ...(method && { method }), ...(payload !== undefined && { payload }) }
    const response = await world.app.inject({ ...request, headers })
    expect(response.statusCode).toBe(status)
    expect(response.headers['content-type']).toBe(problemType)
    expect(response.json()).toMatchObject({
      status,
      code,
      title: expect.any(String),
      detail: expect.stringMatching(/\.$/),
    })
  },
)

test('a refused field is named with a sentence', async () => {
  const response = await world.app.inject({
    method: 'POST',
    url: '/v1/trackings',
    headers: aKey(),
    payload: { trackingNumber: '7.02802E+15', contact: { phone: '12' }, colour: 'red' },
  })
  expect(response.statusCode).toBe(400)
  const { errors, detail } = response.json()
  expect(detail).toContain('A spreadsheet has shortened this tracking number')
  expect(errors.map(({ path }: { path: string }) => path)).toEqual(['trackingNumber', ''])
})

test('no answer gives back more than a line of what was sent', async () => {
  const unknown = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`${'x'.repeat(40)}${index}`, 1]))
  const send = (url: string, payload: object) => world.app.inject({ method: 'POST', url, headers: aKey(), payload })
  const answers = await Promise.all([
    send('/v1/trackings', unknown),
    send('/v1/trackings', { ['y'.repeat(900_000)]: 1 }),
    send('/v1/trackings/bulk', { trackings: [unknown] }),
    send('/v1/track', { ['y'.repeat(3_000)]: 1 }),
    world.app.inject({ url: `/v1/trackings?${'z'.repeat(8_000)}=1`, headers: aKey() }),
  ])
  for (const answer of answers) {
    expect(answer.body.length).toBeLessThan(2_000)
    expect(answer.body).not.toMatch(/(.)\1{60}/)
  }
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400, 200, 400, 400])
  expect(answers[1]!.json().errors.at(-1).message).toBe(`There is no field “${'y'.repeat(40)}…” here.`)
})

test('every answer carries safe headers and the id of its request', async () => {
  const given = await world.app.inject({ url: '/health/live', headers: { 'x-request-id': 'shop-request-42' } })
  expect(given.headers).toMatchObject({
    'x-request-id': 'shop-request-42',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  })
  const evil = await world.app.inject({ url: '/nowhere', headers: { 'x-request-id': 'a b\u00e9<script>' } })
  expect(evil.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(evil.json().requestId).toBe(evil.headers['x-request-id'])
})

test('an error of ours tells the client nothing but the request id, and the log everything but the data', async () => {
  await world.query(`alter table tracking_cache rename to tracking_cache_away`)
  const response = await world.app.inject({ url: '/v1/trackings?orderNumber=SECRET-7', headers: aKey() })
  await world.query(`alter table tracking_cache_away rename to tracking_cache`)
  expect(response.statusCode).toBe(500)
  expect(response.body).not.toMatch(/relation|tracking_cache|select/)
  const line = world.logLines().find(({ requestId, err }) => requestId === response.json().requestId && err)
  expect(line).toMatchObject({ level: 50, route: '/v1/trackings' })
})

test('a database that is busy or away is 503 with a time to come back', async () => {
  const { accessDb, db, operatorDb } = world.deps
  const { ofShop } = db
  const each = [accessDb, operatorDb].map(({ sql }) => ({ sql: sql as { query: unknown }, query: sql.query }))
  const answerBy = (query: () => Promise<unknown>) => {
    for (const { sql } of each) sql.query = query
    db.ofShop = (id) => ({ ...ofShop(id), sql: { organizationId: id, query: query as never } })
  }
  answerBy(() => Promise.reject(Object.assign(new Error('timeout exceeded when trying to connect'))))
  const list = await world.app.inject({ url: '/v1/trackings', headers: aKey() })
  const ready = await world.app.inject({ url: '/health/ready' })
  answerBy(() => new Promise(() => undefined))
  const silent = await world.app.inject({ url: '/health/ready' })
  for (const { sql, query } of each) sql.query = query
  db.ofShop = ofShop
  for (const response of [list, ready, silent]) {
    expect(response.statusCode).toBe(503)
    expect(response.headers['retry-after']).toBe('5')
    expect(response.json()).toMatchObject({ code: 'unavailable' })
  }
  expect(silent.json().detail).toBe('The database did not answer within 1000 ms.')
  expect((await world.app.inject({ url: '/health/ready' })).json()).toEqual({ status: 'ok' })
})

test('live says that the process runs, whatever the database does', async () => {
  const response = await world.app.inject({ url: '/health/live' })
  expect([response.statusCode, response.json()]).toEqual([200, { status: 'ok' }])
})

test('the OpenAPI 3.1 document lists every route with what it answers, and the docs page shows it', async () => {
  const document = (await world.app.inject({ url: '/openapi.json' })).json()
  expect(document.openapi).toBe('3.1.0')
  expect(document.info).toMatchObject({ title: 'Jejak', version: expect.any(String) })
  const operations = Object.entries<Record<string, { responses: object }>>(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )
  // The pages, the widget and what they load are no part of the API.
  expect(operations.filter((name) => !/ \/(?:v1|health)\//.test(name))).toEqual([])
  expect(operations.length).toBeGreaterThan(20)
  const text = JSON.stringify(document)
  const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!)
  expect(refs.length).toBeGreaterThan(10)
  expect(refs.filter((name) => !(name in document.components.schemas))).toEqual([])
  expect(text).not.toContain('"nullable"')
  for (const [path, item] of Object.entries<Record<string, { responses: object; security?: object }>>(document.paths))
    for (const [method, operation] of Object.entries(item)) {
      const may = ['400', '408', '414', '417', '429', '431', '500', '503']
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(may))
      if (operation.security) expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403']))
      const isOpen = /^\/v1\/(track|links)(\/|$)/.test(path) || (path === '/v1/session' && method === 'post')
      expect(Boolean(operation.security)).toBe(path.startsWith('/v1/') && !isOpen)
    }
  expect(Object.keys(document.components.schemas).sort()).toEqual([...new Set(refs)].sort())
  const copies = await Promise.all(['/docs/json', '/docs/yaml'].map((url) => world.app.inject({ url })))
  for (const copy of copies) expect(copy.json()).toEqual(document)
  const docs = await world.app.inject({ url: '/docs' })
  expect(docs.statusCode).toBe(200)
  expect(docs.headers['content-security-policy']).not.toMatch(/upgrade-insecure|validator/)
})

test('whatever is said to want a key refuses those who have none, and nothing that a key is answered may be kept', async () => {
  const { paths } = (await world.app.inject({ url: '/openapi.json' })).json()
  const operations = Object.entries<Record<string, { security?: object }>>(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { security }]) => ({ path, method, isKeyed: security !== undefined })),
  )
  for (const { path, method, isKeyed } of operations) {
    const url = path.replaceAll(/\{\w+\}/g, '1')
    const response = await world.app.inject({ method: method.toUpperCase() as 'GET', url })
    expect([path, response.statusCode === 401]).toEqual([path, isKeyed])
    if (isKeyed) expect(response.headers['cache-control']).toBe('no-store')
  }
})

test('the log has one line a request, with the pattern of the route and never the address', async () => {
  const before = world.logLines().length
  const requestId = 'one-line-please'
  await world.app.inject({ url: '/v1/track/632143239945?x=1', headers: { 'x-request-id': requestId } })
  await world.app.inject({ url: '/v1/trackings', headers: { ...aKey(), 'x-request-id': requestId } })
  // What else the process has to say, such as that a busy database was slow to connect, is not of a request.
  const lines = world
    .logLines()
    .slice(before)
    .filter(({ msg }) => msg === 'request')
  expect(lines).toHaveLength(2)
  const own = {
    level: 30,
    time: expect.any(Number),
    pid: expect.any(Number),
    hostname: expect.any(String),
    msg: 'request',
  }
  expect(lines).toEqual([
    { ...own, method: 'GET', route: '/v1/track/:trackingNumber', status: 404, ms: expect.any(Number), requestId },
    {
      ...own,
      method: 'GET',
      route: '/v1/trackings',
      status: 200,
      ms: expect.any(Number),
      requestId,
      key: 'jejak_boots',
    },
  ])
})

test('nothing personal reaches the log, whatever a request carries and however it fails', async () => {
  const secrets = [
    'AISYAH-ORDER-77',
    'aisyah@example.com',
    '+60123456789',
    'SPXMY0099887766',
    '203.0.113.77',
    world.shop.key,
  ]
  const payload = {
    trackingNumber: 'SPXMY0099887766',
    orderNumber: 'AISYAH-ORDER-77',
    contact: { email: 'aisyah@example.com', phone: '+60123456789' },
  }
  const headers = { ...aKey(), 'x-forwarded-for': '203.0.113.77' }
  const send = (method: 'POST' | 'GET' | 'PATCH' | 'DELETE', url: string, body?: object) =>
    world.app.inject({ method, url, headers, remoteAddress: '203.0.113.77', ...(body && { payload: body }) })
  const created = (await send('POST', '/v1/trackings', payload)).json()
  await send('POST', '/v1/trackings', { ...payload, colour: 'aisyah@example.com' })
  await send('POST', '/v1/trackings/bulk', { trackings: [payload, { trackingNumber: 'aisyah@example.com' }] })
  await send('GET', '/v1/track/SPXMY0099887766?email=aisyah@example.com')
  await send('GET', '/v1/track/aisyah@example.com')
  await send('GET', '/nowhere/AISYAH-ORDER-77')
  await send('GET', '/v1/trackings?orderNumber=AISYAH-ORDER-77&cursor=SPXMY0099887766')
  await send('PATCH', `/v1/trackings/${created.id}`, { orderNumber: null })
  await world.query(`alter table tracking_cache rename to tracking_cache_away`)
  await send('POST', '/v1/trackings', { ...payload, trackingNumber: 'SPXMY0099887767' })
  await send('GET', '/v1/track/SPXMY0099887766')
  await world.query(`alter table tracking_cache_away rename to tracking_cache`)
  await send('DELETE', `/v1/trackings/${created.id}`)
  const log = JSON.stringify(world.logLines())
  expect(log.length).toBeGreaterThan(1000)
  for (const secret of secrets) expect(log).not.toContain(secret)
  expect(log).not.toContain('SPXMY009988776')
})
