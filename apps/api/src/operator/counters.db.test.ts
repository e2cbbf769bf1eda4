import { systemView } from '@jejak/contract'
import { createStore, type StoringDeps } from '@jejak/core/counting'
import type { Sql } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

const number = 'JT0000000009'

let world: ApiWorld

beforeAll(async () => {
  world = await createApiWorld()
  await ask('POST', '/v1/trackings', withKey(world.shop.key), {
    trackingNumber: number,
    orderNumber: 'SO-1',
    contact: { email: 'buyer@example.com' },
  })

  await world.query(`update organizations set slug = 'kopi' where id = $1`, [world.shop.organizationId])
})
afterAll(() => world.close())
beforeEach(async () => {
  world.deps.counters.take()
  await world.query('truncate process_minutes, route_hours, read_hours')
})

type Headers = Record<string, string>
const ask = (method: 'GET' | 'POST', url: string, headers: Headers = {}, payload?: object) =>
  world.app.inject({ method, url, headers, ...(payload && { payload }) })

const storing = (more: Partial<StoringDeps> = {}): StoringDeps => ({
  ...{ db: world.deps.operatorDb, clock: world.deps.clock, log: world.deps.log, counters: world.deps.counters },
  ...{ role: 'api', version: '1.2.3', ...more },
})
const store = async (more: Partial<StoringDeps> = {}) => {
  const { store, stop } = createStore(storing(more))
  await store().finally(stop)
}
const reads = () =>
  world.query<Record<string, unknown>>(
    `select o.slug as shop, way, state, language, reads::int from read_hours left join organizations o on o.id = organization_id
      order by way, state, language`,
  )

test('each look at a parcel is counted by shop, way, freshness and language, and so are those that found nothing', async () => {
  const url = `/v1/track/${number}`
  await ask('GET', url)
  await ask('GET', url)
  await ask('GET', url, { origin: 'https://kedai.example', 'accept-language': 'ms-MY,ms;q=0.9' })
  await ask('GET', url, { 'sec-fetch-site': 'same-origin', 'accept-language': 'zh-CN' })
  await ask('GET', `/t/${number}?lang=ms`, { 'accept-language': 'en' })
  await ask('GET', `${url}/calendar.ics?lang=zh`)
  await ask('GET', '/v1/track/JT9999999999?shop=kopi')
  await ask('GET', '/t/JT9999999999')
  await ask('POST', '/v1/track', {}, { orderNumber: 'SO-1', contact: 'buyer@example.com' })
  await ask('POST', '/v1/track?shop=kopi', {}, { orderNumber: 'SO-1', contact: 'other@example.com' })
  await store()
  const kopi = { shop: 'kopi', state: 'stale', reads: 1 }
  expect(await reads()).toEqual([
    { shop: 'kopi', way: 'api', state: 'missing', language: '', reads: 1 },
    { ...kopi, way: 'api', language: '', reads: 2 },
    { ...kopi, way: 'calendar', language: 'zh' },
    { shop: 'kopi', way: 'lookup', state: 'refused', language: '', reads: 1 },
    { ...kopi, way: 'lookup', language: '' },
    { shop: null, way: 'page', state: 'missing', language: '', reads: 1 },
    { ...kopi, way: 'page', language: 'ms' },
    { ...kopi, way: 'page', language: 'zh' },
    { ...kopi, way: 'widget', language: 'ms' },
  ])
})

test('requests are counted by route, with how long they took and how they ended, and never by address', async () => {
  const { headers } = await ask('GET', `/v1/track/${number}`)
  await ask('GET', `/v1/track/${number}`, { 'if-none-match': String(headers.etag) })
  await ask('GET', '/v1/track/JT9999999999')
  await ask('GET', '/health/live')
  await ask('GET', '/no/such/place')
  await store()
  const routes = await world.query<{ route: string; buckets: string[] }>(
    `select route, requests::int, refused::int, failed::int, not_modified::int as "notModified", buckets from route_hours order by route`,
  )
  expect(routes.map(({ buckets, ...route }) => route)).toEqual([
    { route: 'GET /health/live', requests: 1, refused: 0, failed: 0, notModified: 0 },
    { route: 'GET /v1/track/:trackingNumber', requests: 3, refused: 1, failed: 0, notModified: 1 },
    { route: 'none', requests: 1, refused: 1, failed: 0, notModified: 0 },
  ])
  for (const { buckets } of routes) expect(buckets).toHaveLength(14)
  expect(await world.query('select role, version, requests, failed, reads, not_modified from process_minutes')).toEqual(
    [{ role: 'api', version: '1.2.3', requests: 4, failed: 0, reads: 3, not_modified: 1 }],
  )
})

test('what a minute could not store, the next one does; what several processes count is added up', async () => {
  await ask('GET', `/v1/track/${number}`)
  const away = { query: async () => Promise.reject(new Error('away')) } as unknown as Sql
  await expect(store({ db: { sql: away } })).rejects.toThrow('away')
  await store()
  await ask('GET', `/v1/track/${number}`)
  await Promise.all([store(), store()])
  expect(await reads()).toMatchObject([{ way: 'api', reads: 2 }])
  const [route] = await world.query<{ sum: string }>(
    `select (select sum(n) from unnest(buckets) as n)::int as sum from route_hours where route = 'GET /v1/track/:trackingNumber'`,
  )
  expect(route).toEqual({ sum: 2 })
})

test('a shop that was erased meanwhile keeps no one’s figures from being stored', async () => {
  world.deps.counters.read({ organizationId: '999', shop: null, way: 'api', state: 'fresh', language: '' })
  await ask('GET', `/v1/track/${number}`)
  await store()
  expect(await reads()).toMatchObject([
    { shop: null, state: 'fresh' },
    { shop: 'kopi', state: 'stale' },
  ])
})

test('an operator sees requests, routes, processes, database and migrations, from what was stored', async () => {
  const key = await world.addKey(world.shop.organizationId, ['operator'])
  await ask('GET', `/v1/track/${number}`)
  await ask('GET', `/v1/track/${number}`)
  await store()
  await store({ role: 'worker' })
  const answer = await ask('GET', '/v1/operator/system', withKey(key))
  expect(answer.statusCode, answer.body).toBe(200)
  const view = systemView.strict().parse(answer.json())
  expect(view.requests).toMatchObject({ lastHour: 2, failedLastHour: 0, readsLastHour: 2, notModifiedShare: 0 })
  expect(view.routes).toMatchObject([
    { route: 'GET /v1/track/:trackingNumber', requests: 2, p50Ms: expect.any(Number) },
  ])
  expect(view.processes).toMatchObject([{ role: 'api' }, { role: 'worker' }])
  expect(view.worker.seenAt).toBe('2026-03-02T04:00:00.000Z')
  expect(view.database.bytes).toBeGreaterThan(1_000_000)
  expect(view.migrations).toMatchObject({ pending: [], newer: [] })
  const staff = await world.addKey(world.shop.organizationId, ['shop:admin'])
  expect((await ask('GET', '/v1/operator/system', withKey(staff))).statusCode).toBe(403)
})
