import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld({
    LIMIT_PUBLIC_VISITS: '40',
    LIMIT_PUBLIC_MISSES: '5',
    LIMIT_SHOP_READS: '10',
    LIMIT_SHOP_WRITES: '1500',
    LIMIT_IMPORTS: '2',
    LIMIT_REFRESHES: '2',
    TRUSTED_PROXIES: '10.0.0.0/8',
  })
  await register({ trackingNumber: 'SPXMY0000000001' })
})
afterAll(() => world.close())
// Every test begins with fresh windows.
beforeEach(() => world.clock.advance(3_600_000))

const register = (payload: object, key = world.shop.key) =>
  world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(key), payload })
const read = (number: string, remoteAddress: string, headers: Record<string, string> = {}) =>
  world.app.inject({ url: `/v1/track/${number}`, remoteAddress, headers })
const known = 'SPXMY0000000001'
const statuses = async (answers: Promise<{ statusCode: number }>[]) =>
  Map.groupBy(
    (await Promise.all(answers)).map(({ statusCode }) => statusCode),
    (status) => status,
  )
const times = <T>(amount: number, work: (index: number) => T): T[] =>
  Array.from({ length: amount }, (_, index) => work(index))

test('every public answer says what is left, in the words of the draft', async () => {
  const first = await read(known, '203.0.113.1')
  expect(first.headers).toMatchObject({ 'ratelimit-policy': '"visits";q=40;w=900', ratelimit: '"visits";r=39;t=900' })
  world.clock.advance(60_000)
  const second = await read(known, '203.0.113.1')
  expect(second.headers.ratelimit).toBe('"visits";r=38;t=840')
})

test('an address that has read too often is told when to come back, and may then', async () => {
  await Promise.all(times(40, () => read(known, '203.0.113.2')))
  world.clock.advance(100_500)
  const refused = await read(known, '203.0.113.2')
  expect(refused.statusCode).toBe(429)
  expect(refused.headers).toMatchObject({
    'retry-after': '800',
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
    ratelimit: '"visits";r=0;t=800',
  })
  expect(refused.json()).toMatchObject({ code: 'rate_limited', status: 429, detail: expect.stringMatching(/800 s\.$/) })
  expect((await read(known, '203.0.113.3')).statusCode).toBe(200)
  world.clock.advance(800_000)
  expect((await read(known, '203.0.113.2')).statusCode).toBe(200)
})

test('guessing numbers ends after the misses, however many are tried at once, and does not tell any more what exists', async () => {
  const found = await statuses(times(30, (index) => read(`SPXMY99999${index}`, '203.0.113.4')))
  expect([found.get(404)?.length, found.get(429)?.length]).toEqual([5, 25])
  expect((await read(known, '203.0.113.4')).statusCode).toBe(429)
})

test('addresses no one serves count as misses too', async () => {
  const found = await statuses(
    times(8, (index) => world.app.inject({ url: `/x${index}`, remoteAddress: '203.0.113.5' })),
  )
  expect([found.get(404)?.length, found.get(429)?.length]).toEqual([5, 3])
  expect((await read(known, '203.0.113.5')).statusCode).toBe(429)
})

test('wrong keys are limited without shutting out readers or right keys behind the same address', async () => {
  const ask = (key: string) =>
    world.app.inject({ url: '/v1/trackings', headers: withKey(key), remoteAddress: '203.0.113.6' })
  const found = await statuses(times(8, () => ask('jejak_nobody_has_this_key_at_all')))
  expect([found.get(401)?.length, found.get(429)?.length]).toEqual([5, 3])
  expect((await ask(world.shop.key)).statusCode).toBe(200)
  expect((await read(known, '203.0.113.6')).statusCode).toBe(200)
})

test('guessing keys costs one look-up a second beyond the limit, however many are tried at once', async () => {
  const sql = world.deps.accessDb.sql as { query: (...args: unknown[]) => unknown }
  const { query } = sql
  let lookUps = 0
  sql.query = (...args) => {
    // Beside them, the refusals are noted once.
    if (JSON.stringify(args[0]).includes('from api_keys')) lookUps += 1
    return Reflect.apply(query, sql, args)
  }
  const guess = (index: number) =>
    world.app.inject({
      url: '/v1/trackings',
      headers: withKey(`jejak_guess_number_${index}_of_many`),
      remoteAddress: '203.0.113.20',
    })
  const found = await statuses(times(30, guess))
  sql.query = query
  expect([found.get(401)?.length, found.get(429)?.length, lookUps]).toEqual([5, 25, 6])
})

test('a right key that this process never met gets in within a second where strangers have used up the wrong ones', async () => {
  const ask = (key: string) =>
    world.app.inject({ url: '/v1/trackings', headers: withKey(key), remoteAddress: '203.0.113.22' })
  await statuses(times(20, (index) => ask(`jejak_guess_number_${index}_of_many`)))
  const unmet = await world.addKey(world.shop.organizationId, ['trackings:read'])
  const refused = await ask(unmet)
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1'])
  world.clock.advance(1_000)
  expect((await ask(unmet)).statusCode).toBe(200)
})

test('order look-ups count as visits, whatever they find', async () => {
  const lookUp = () =>
    world.app.inject({
      method: 'POST',
      url: '/v1/track',
      remoteAddress: '203.0.113.23',
      payload: { orderNumber: 'VISITED-1', contact: 'buyer@example.com' },
    })
  await register({
    trackingNumber: 'SPXMY0000000003',
    orderNumber: 'VISITED-1',
    contact: { email: 'buyer@example.com' },
  })
  // One after the other: of one order only twenty are let in at once.
  const found: number[] = []
  for (let round = 0; round < 45; round += 1) found.push((await lookUp()).statusCode)
  expect(found).toEqual([...Array<number>(40).fill(200), ...Array<number>(5).fill(429)])
})

test('whatever strangers are refused is counted, and does not keep their neighbours from reading', async () => {
  const post = (url: string, type: string, payload: string) => (remoteAddress: string) =>
    world.app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload, remoteAddress })
  const get =
    (url: string, headers = {}) =>
    (remoteAddress: string) =>
      world.app.inject({ url, headers, remoteAddress })
  const refused: [number, (remoteAddress: string) => Promise<{ statusCode: number }>][] = [
    [400, post('/v1/track', 'application/json', '{"orderNumber":1}')],
    [400, post('/v1/track', 'application/json', '{"__proto__":1}')],
    [400, post(`/v1/track/${known}/report`, 'application/json', '[')],
    [413, post('/v1/track', 'application/json', `"${'x'.repeat(5_000)}"`)],
    [413, post(`/v1/track/${known}/report`, 'application/json', `"${'x'.repeat(5_000)}"`)],
    [415, post('/v1/track', 'text/plain', 'hello')],
    [415, post(`/v1/track/${known}/report`, 'application/xml', '<a/>')],
    [400, get('/v1/track/abc')],
    [400, get('/v1/track/%zz')],
    [414, get(`/v1/track/${'9'.repeat(300)}`)],
    [403, get(`/v1/track/${known}?k=made-up`)],
    [417, get(`/v1/track/${known}`, { expect: 'more' })],
  ]
  for (const [index, [status, ask]] of refused.entries()) {
    const address = `198.51.100.${index}`
    const found = await statuses(times(8, () => ask(address)))
    expect([found.get(status)?.length, found.get(429)?.length], String(index)).toEqual([5, 3])
    expect((await read(known, address)).statusCode).toBe(200)
  }
})

test('what is our own fault is never counted', async () => {
  const sql = world.deps.reads as { query: unknown }
  const { query } = sql
  sql.query = () => Promise.reject(new Error('broken'))
  const found = await statuses(times(20, () => read(known, '203.0.113.21')))
  sql.query = query
  expect(found.get(500)?.length).toBe(20)
  expect((await read(known, '203.0.113.21')).statusCode).toBe(200)
})

test('a shop that has nothing left is refused before its body is read', async () => {
  const filled = await world.app.inject({
    method: 'POST',
    url: '/v1/trackings/bulk',
    headers: withKey(world.shop.key),
    payload: { trackings: times(1000, () => ({ trackingNumber: known })) },
  })
  expect(filled.statusCode).toBe(200)
  await Promise.all(times(500, () => register({ trackingNumber: known })))
  const unread = await world.app.inject({
    method: 'POST',
    url: '/v1/trackings',
    headers: { ...withKey(world.shop.key), 'content-type': 'application/json' },
    payload: '{"no JSON',
  })
  expect(unread.statusCode).toBe(429)
})

test('the description and its page count as visits', async () => {
  for (const [index, url] of ['/openapi.json', '/docs/json', '/docs/static/swagger-ui.css'].entries()) {
    const found = await statuses(times(45, () => world.app.inject({ url, remoteAddress: `198.51.100.${100 + index}` })))
    expect([found.get(200)?.length, found.get(429)?.length], url).toEqual([40, 5])
  }
})

test('one IPv6 customer is one address, whichever of its 2^64 it uses', async () => {
  const found = await statuses(times(50, (index) => read(known, `2001:db8:1:2::${(index + 1).toString(16)}`)))
  expect([found.get(200)?.length, found.get(429)?.length]).toEqual([40, 10])
  expect((await read(known, '2001:db8:1:3::1')).statusCode).toBe(200)
})

test('X-Forwarded-For counts from a trusted proxy only, and only what that proxy itself wrote', async () => {
  const forged = await statuses(
    times(50, (index) => read(known, '203.0.113.7', { 'x-forwarded-for': `198.51.100.${index}` })),
  )
  expect(forged.get(429)?.length).toBe(10)
  const carried = await statuses(
    times(50, (index) => read(known, '10.1.2.3', { 'x-forwarded-for': `198.51.100.${index}` })),
  )
  expect(carried.get(200)?.length).toBe(50)
  const behind = await statuses(
    times(50, (index) => read(known, '10.1.2.3', { 'x-forwarded-for': `198.51.100.${index}, 203.0.113.8` })),
  )
  expect(behind.get(429)?.length).toBe(10)
})

test('a proxy that writes ports or names brings no new visitors', async () => {
  const forms = [
    (index: number) => `198.51.100.200:${index}`,
    (index: number) => `[2001:db8::1]:${index}`,
    (index: number) => `[2001:db8:0:7::${index}]`,
    (index: number) => `::ffff:198.51.100.201, 10.0.0.${index}:80`,
    (index: number) => `::ffff:c633:64ca, [::ffff:10.0.0.${index}]:80`,
  ]
  for (const form of forms) {
    const found = await statuses(times(50, (index) => read(known, '10.1.2.3', { 'x-forwarded-for': form(index + 1) })))
    expect([found.get(200)?.length, found.get(429)?.length], form(1)).toEqual([40, 10])
  }
  const madeUp = await statuses(
    times(50, (index) => read(known, '10.1.2.4', { 'x-forwarded-for': `visitor-${index}` })),
  )
  expect(madeUp.get(429)?.length).toBe(10)
})

test('a shop is counted by its key, never by its address, and no shop pays for another', async () => {
  const other = await world.addShop('books')
  const list = (key: string, index: number) =>
    world.app.inject({ url: '/v1/trackings', headers: withKey(key), remoteAddress: `198.51.100.${index}` })
  const mine = await statuses(times(15, (index) => list(world.shop.key, index)))
  expect([mine.get(200)?.length, mine.get(429)?.length]).toEqual([10, 5])
  const secondKey = await world.addKey(world.shop.organizationId, ['trackings:read'])
  expect((await list(secondKey, 1)).statusCode).toBe(429)
  const theirs = await list(other.key, 1)
  expect(theirs.statusCode).toBe(200)
  expect(theirs.headers['ratelimit-policy']).toBe('"reads";q=10;w=300')
})

test('what a key asks for in vain does not count as guessing', async () => {
  const ask = () =>
    world.app.inject({
      url: '/v1/trackings/999999999',
      headers: withKey(world.shop.key),
      remoteAddress: '203.0.113.9',
    })
  expect((await statuses(times(8, ask))).get(404)?.length).toBe(8)
  expect((await read(known, '203.0.113.9')).statusCode).toBe(200)
})

test('a bulk registration counts as its parcels, and one too many registers nothing', async () => {
  const bulk = (from: number, amount: number) =>
    world.app.inject({
      method: 'POST',
      url: '/v1/trackings/bulk',
      headers: withKey(world.shop.key),
      payload: {
        trackings: times(amount, (index) => ({ trackingNumber: `SPXMY77${String(from + index).padStart(8, '0')}` })),
      },
    })
  expect((await bulk(0, 1000)).headers.ratelimit).toMatch(/^"writes";r=500;/)
  expect((await bulk(1000, 501)).statusCode).toBe(429)
  const counted = await world.query<{ amount: number }>(
    `select count(*)::int as amount from tracking_cache where tracking_number like 'SPXMY77%'`,
  )
  expect(counted[0]?.amount).toBe(1000)
  expect((await bulk(1000, 500)).statusCode).toBe(200)
  expect((await register({ trackingNumber: 'SPXMY7800000000' })).statusCode).toBe(429)
})

test('imports and refreshes have limits of their own', async () => {
  const importFile = () =>
    world.app.inject({
      method: 'POST',
      url: '/v1/trackings/import',
      headers: { ...withKey(world.shop.key), 'content-type': 'text/csv' },
      payload: 'tracking_number\nSPXMY0000000001\n',
    })
  const refresh = () =>
    world.app.inject({
      method: 'POST',
      url: '/v1/admin/trackings/999999999/refresh',
      headers: withKey(world.shop.key),
    })
  expect((await statuses(times(3, importFile))).get(429)?.length).toBe(1)
  expect((await statuses(times(3, refresh))).get(429)?.length).toBe(1)
  expect((await importFile()).json().detail).toMatch(/^This shop has imported too many files\. Come back in \d+ s\.$/)
})

test('what browsers and crawlers ask for by themselves is no miss', async () => {
  const ask = (url: string) => world.app.inject({ url, remoteAddress: '203.0.113.11' })
  const files = ['/favicon.ico', '/apple-touch-icon.png', '/apple-touch-icon-120x120-precomposed.png']
  for (const url of files) expect((await statuses(times(8, () => ask(url)))).get(204)?.length, url).toBe(8)
  expect((await statuses(times(8, () => ask('/robots.txt')))).get(200)?.length).toBe(8)
  expect((await read(known, '203.0.113.11')).statusCode).toBe(200)
})

test('the search page counts as a visit, and says with a page that it was asked for too often', async () => {
  const ask = () => world.app.inject({ url: '/?shop=default', remoteAddress: '203.0.113.12' })
  const found = await statuses(times(50, ask))
  expect([found.get(200)?.length, found.get(429)?.length]).toEqual([40, 10])
  const refused = await ask()
  expect(refused.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
})

test('who has asked for too many pages is refused without a statement, whatever is asked for', async () => {
  const remoteAddress = '203.0.113.30'
  const long = '%C2%B7'.repeat(20_000)
  const urls = ['/', `/t?number=${long}`, `/t/x/${long}`, `/t/${known}`, `/t/${known}?shop=default&k=a.b`, '/t/%zz']
  await statuses(times(40, () => world.app.inject({ url: '/', remoteAddress })))
  await statuses(times(8, () => world.app.inject({ url: '/t/%zz', remoteAddress })))
  const { sql, deps } = { sql: world.db.sql as { query: unknown }, deps: world.deps.reads as { query: unknown } }
  const kept = [sql.query, deps.query]
  sql.query = deps.query = () => Promise.reject(new Error('a statement'))
  for (const url of urls) {
    const { statusCode, headers, body } = await world.app.inject({ url, remoteAddress })
    expect([statusCode, headers['content-type']], url.slice(0, 40)).toEqual([429, 'text/html; charset=utf-8'])
    expect(body).toContain('Too many searches for now')
  }
  sql.query = kept[0]
  deps.query = kept[1]
})

test('who holds a signed link is let in where others behind the same address have guessed too often', async () => {
  const made = await register({ trackingNumber: 'SPXMY0000000002', contact: { email: 'a@example.com' } })
  const link = await world.app.inject({
    method: 'POST',
    url: `/v1/trackings/${made.json().id}/link`,
    headers: withKey(world.shop.key),
  })
  const k = new URL(link.json().url).searchParams.get('k')!
  await Promise.all(times(8, (index) => read(`SPXMY88888${index}`, '203.0.113.13')))
  const ask = (query: string) =>
    Promise.all(
      ['/v1/track', '/t'].map((path) =>
        world.app.inject({ url: `${path}/SPXMY0000000002${query}`, remoteAddress: '203.0.113.13' }),
      ),
    )
  const statusesOf = async (query: string) => (await ask(query)).map(({ statusCode }) => statusCode)
  expect(await statusesOf(`?k=${k}`)).toEqual([200, 200])
  expect(await statusesOf('')).toEqual([429, 429])
  expect(await statusesOf(`?k=${k.slice(0, -1)}${k.endsWith('A') ? 'B' : 'A'}`)).toEqual([429, 429])
})

test('health is never limited', async () => {
  const found = await statuses(
    times(60, () => world.app.inject({ url: '/health/live', remoteAddress: '203.0.113.10' })),
  )
  expect(found.get(200)?.length).toBe(60)
})
