import { trackingView } from '@jejak/contract'
import request from 'supertest'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

let world: ApiWorld
let other: Shop
beforeAll(async () => {
  world = await createApiWorld()
  other = await world.addShop('other')
})
afterAll(() => world.close())
beforeEach(() => world.clock.advance(1_000))

let last = 0
const nextNumber = () => `MY${String(++last).padStart(10, '0')}`

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
const send = (method: Method, url: string, payload?: object, key = world.shop.key) =>
  world.app.inject({ method, url, headers: withKey(key), ...(payload && { payload }) })
const wakes = () =>
  world.query<{ singleton_key: string; seconds: number }>(
    `select singleton_key, extract(epoch from start_after - created_on)::int as seconds from pgboss.job where name = 'check-due'`,
  )

test('registering a parcel answers 201 with its place, and the same parcel again 200', async () => {
  const payload = { trackingNumber: nextNumber(), orderNumber: '1001' }
  const first = await send('POST', '/v1/trackings', payload)
  expect(first.statusCode).toBe(201)
  const { id } = first.json()
  expect(first.headers.location).toBe(`/v1/trackings/${id}`)
  expect(first.json()).toEqual({ outcome: 'created', id, trackingNumber: payload.trackingNumber })
  const again = await send('POST', '/v1/trackings', { ...payload, orderNumber: '#1001', courier: 'DHL' })
  expect(again.statusCode).toBe(200)
  expect(again.json()).toEqual({ outcome: 'exists', id, trackingNumber: payload.trackingNumber })
  expect((await send('GET', `/v1/trackings/${id}`)).json()).toMatchObject({ orderNumber: '1001', courier: null })
})

test('a new parcel is due at once, and a burst of them wakes one check about 8 seconds later', async () => {
  await world.query(`delete from pgboss.job`)
  const { id } = (await send('POST', '/v1/trackings', { trackingNumber: nextNumber() })).json()
  await send('POST', '/v1/trackings', { trackingNumber: nextNumber() })
  await send('POST', '/v1/trackings/bulk', { trackings: [{ trackingNumber: nextNumber() }] })
  const [schedule] = await world.query(
    `select next_update_due, update_priority from tracking_schedule where tracking_id = $1`,
    [id],
  )
  expect(schedule).toEqual({ next_update_due: world.clock.now(), update_priority: 70 })
  expect(await wakes()).toEqual([{ singleton_key: `${world.shop.connectionId}:soon`, seconds: 8 }])
})

test('a parcel and the news of it are stored together or not at all', async () => {
  await world.query(`alter schema pgboss rename to pgboss_away`)
  const trackingNumber = nextNumber()
  const failed = await send('POST', '/v1/trackings', { trackingNumber })
  await world.query(`alter schema pgboss_away rename to pgboss`)
  expect(failed.statusCode).toBe(500)
  expect((await world.app.inject(`/v1/track/${trackingNumber}`)).statusCode).toBe(404)
})

test('a parcel of a shop’s second EasyParcel account goes by that account: staff and guests are told the same', async () => {
  const [first, second] = [nextNumber(), nextNumber()]
  const { id: firstId } = (await send('POST', '/v1/trackings', { trackingNumber: first })).json()
  const { id: secondId } = (await send('POST', '/v1/trackings', { trackingNumber: second })).json()
  const [account] = await world.query<{ id: string }>(
    `insert into connections (organization_id, api, sealed_access_token, breaker_open_until) values ($1, 'open', 'sealed', $2) returning id`,
    [world.shop.organizationId, world.clock.now()],
  )
  const longAgo = new Date(world.clock.now().getTime() - 48 * 3_600_000)
  await world.query(`update connections set sealed_access_token = 'sealed' where id = $1`, [world.shop.connectionId])
  await world.query(`update tracking_cache set confirmed_at = $2 where id = any ($1)`, [[firstId, secondId], longAgo])
  await world.query(
    `update tracking_schedule set checked_at = $2, checked_by = 'scheduled', next_update_due = $2 where tracking_id = any ($1)`,
    [[firstId, secondId], longAgo],
  )
  await world.query(`update tracking_cache set connection_id = $2 where id = $1`, [secondId, account!.id])
  await world.query(`update tracking_schedule set connection_id = $2 where tracking_id = $1`, [secondId, account!.id])
  const { data } = (await send('GET', `/v1/trackings?trackingNumber=${first},${second}`)).json()
  const listed = Object.fromEntries(data.map((parcel: { id: string }) => [parcel.id, parcel]))
  for (const [id, number, reason] of [
    [firstId, first, null],
    [secondId, second, 'upstream_down'],
  ] as const) {
    const { freshness } = (await send('GET', `/v1/trackings/${id}`)).json()
    expect(freshness).toMatchObject({ state: 'expired', reason })
    expect(listed[id].freshness).toEqual(freshness)
    expect((await world.app.inject(`/v1/track/${number}`)).json().freshness).toEqual(freshness)
  }
  await world.query(`update connections set sealed_access_token = null where id = $1`, [world.shop.connectionId])
})

test('in bulk every item gets its own answer, in order, and a bad one does not affect the others', async () => {
  const [known, fresh] = [nextNumber(), nextNumber()]
  await send('POST', '/v1/trackings', { trackingNumber: known })
  const trackings = [
    { trackingNumber: fresh },
    { trackingNumber: '7.02802E+15' },
    { trackingNumber: known },
    { trackingNumber: fresh.toLowerCase() },
    'nonsense',
    { trackingNumber: 632143239945 },
  ]
  const response = await send('POST', '/v1/trackings/bulk', { trackings })
  expect(response.statusCode).toBe(200)
  const { results } = response.json()
  expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
    'created',
    'invalid',
    'exists',
    'exists',
    'invalid',
    'invalid',
  ])
  expect(results[3].id).toBe(results[0].id)
  expect(results[1].problem).toMatchObject({ code: 'validation', detail: expect.stringContaining('spreadsheet') })
  expect(results[5].problem.detail).toContain('as text in quotes')
})

test('a thousand parcels go in at once, one more does not', async () => {
  const trackings = Array.from({ length: 1000 }, () => ({ trackingNumber: nextNumber() }))
  const response = await send('POST', '/v1/trackings/bulk', { trackings })
  const { results } = response.json()
  expect(results.filter(({ outcome }: { outcome: string }) => outcome === 'created')).toHaveLength(1000)
  const tooMany = await send('POST', '/v1/trackings/bulk', {
    trackings: [...trackings, { trackingNumber: nextNumber() }],
  })
  expect([tooMany.statusCode, tooMany.json().detail]).toEqual([400, 'trackings: Send at most 1000 parcels at once.'])
})

test('a thousand items of which one names two parcels are a thousand and one parcels', async () => {
  const trackings = Array.from({ length: 1000 }, () => ({ trackingNumber: nextNumber() }))
  trackings[500]!.trackingNumber += ` ${nextNumber()}`
  const last = trackings[999]!.trackingNumber
  const response = await send('POST', '/v1/trackings/bulk', { trackings })
  expect(response.statusCode).toBe(200)
  const { results } = response.json()
  expect(results.filter(({ outcome }: { outcome: string }) => outcome === 'created')).toHaveLength(1000)
  expect([results[500].others?.length, results[999].trackingNumber]).toEqual([1, last])
})

test('the same parcels registered from many sides at the same time are each one row', async () => {
  const numbers = Array.from({ length: 30 }, nextNumber)
  const shuffled = (side: number) =>
    numbers.toSorted((a, b) => ((Number(a.slice(-2)) * (side + 3)) % 31) - ((Number(b.slice(-2)) * (side + 3)) % 31))
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, side) =>
      send('POST', '/v1/trackings/bulk', { trackings: shuffled(side).map((trackingNumber) => ({ trackingNumber })) }),
    ),
  )
  const results = answers.flatMap(
    (answer) => answer.json().results as { outcome: string; id: string; trackingNumber: string }[],
  )
  expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(30)
  expect(results).toHaveLength(240)
  for (const number of numbers)
    expect(new Set(results.filter(({ trackingNumber }) => trackingNumber === number).map(({ id }) => id)).size).toBe(1)
})

test('the shop sees everything of its parcel but the contact', async () => {
  const payload = {
    trackingNumber: nextNumber(),
    courier: 'DHL',
    orderNumber: '7',
    contact: { phone: '0123456789' },
    estimatedDelivery: '2026-03-05',
  }
  const { id } = (await send('POST', '/v1/trackings', payload)).json()
  const response = await send('GET', `/v1/trackings/${id}`)
  expect(response.statusCode).toBe(200)
  const view = trackingView.strict().parse(response.json())
  expect(view).toMatchObject({
    courier: 'DHL',
    orderNumber: '7',
    hasContact: true,
    estimatedDelivery: '2026-03-05',
    status: 'pending',
    registeredAt: world.clock.now().toISOString(),
    schedule: { priority: 70, explanation: 'registered', failures: 0, inFlight: false },
  })
  expect(response.body).not.toMatch(/123456789|hmac/i)
  const [row] = await world.query<{ contact_phone_hmac: string }>(
    `select contact_phone_hmac from tracking_orders where tracking_id = $1`,
    [id],
  )
  expect(row?.contact_phone_hmac).toMatch(/^[0-9a-f]{64}$/)
})

test('a patch changes what it names, removes what it nulls, keeps the rest, and shows in the public document', async () => {
  const trackingNumber = nextNumber()
  const { id } = (await send('POST', '/v1/trackings', { trackingNumber, courier: 'DHL', orderNumber: '7' })).json()
  world.clock.advance(5_000)
  const patched = await send('PATCH', `/v1/trackings/${id}`, {
    courier: null,
    estimatedDelivery: '2026-03-09',
    contact: { email: 'a@b.my' },
  })
  expect(patched.statusCode).toBe(200)
  const changedAt = world.clock.now().toISOString()
  expect(patched.json()).toMatchObject({
    courier: null,
    orderNumber: '7',
    estimatedDelivery: '2026-03-09',
    hasContact: true,
    freshness: { changedAt },
  })
  expect((await world.app.inject(`/v1/track/${trackingNumber}`)).json()).toMatchObject({
    courier: null,
    estimatedDelivery: '2026-03-09',
  })
  world.clock.advance(5_000)
  const same = await send('PATCH', `/v1/trackings/${id}`, { estimatedDelivery: '2026-03-09' })
  expect(same.json().freshness.changedAt).toBe(changedAt)
  expect((await send('PATCH', `/v1/trackings/${id}`, {})).statusCode).toBe(400)
})

test('a removed parcel is gone for everyone, and may be registered again', async () => {
  const trackingNumber = nextNumber()
  const { id } = (await send('POST', '/v1/trackings', { trackingNumber })).json()
  const removed = await send('DELETE', `/v1/trackings/${id}`)
  expect([removed.statusCode, removed.body]).toEqual([204, ''])
  expect((await send('DELETE', `/v1/trackings/${id}`)).statusCode).toBe(404)
  expect((await world.app.inject(`/v1/track/${trackingNumber}`)).statusCode).toBe(404)
  expect((await send('POST', '/v1/trackings', { trackingNumber })).statusCode).toBe(201)
})

test('another shop can neither see, change, remove nor refresh a parcel, and registers its own', async () => {
  const trackingNumber = nextNumber()
  const { id } = (await send('POST', '/v1/trackings', { trackingNumber })).json()
  for (const [method, url, payload] of [
    ['GET', `/v1/trackings/${id}`],
    ['PATCH', `/v1/trackings/${id}`, { courier: 'X' }],
    ['DELETE', `/v1/trackings/${id}`],
    ['POST', `/v1/admin/trackings/${id}/refresh`],
  ] as const)
    expect((await send(method, url, payload, other.key)).statusCode).toBe(404)
  expect((await send('GET', '/v1/trackings', undefined, other.key)).json().data).toEqual([])
  const own = await send('POST', '/v1/trackings', { trackingNumber }, other.key)
  expect(own.statusCode).toBe(201)
  expect(own.json().id).not.toBe(id)
  const [row] = await world.query(`select connection_id from tracking_cache where id = $1`, [own.json().id])
  expect(row).toEqual({ connection_id: other.connectionId })
  await send('DELETE', `/v1/trackings/${own.json().id}`, undefined, other.key)
})

test('a shop without an EasyParcel account is told to connect one', async () => {
  const [row] = await world.query<{ id: string }>(
    `insert into organizations (slug, name) values ('bare', 'Bare') returning id`,
  )
  const key = await world.addKey(row!.id, ['trackings:write'])
  const response = await send('POST', '/v1/trackings', { trackingNumber: nextNumber() }, key)
  expect([response.statusCode, response.json().code]).toEqual([409, 'conflict'])
})

test.each(['0', '999999999999999999', 'abc', '1e3', '99999999999999999999'])(
  'an id that is none is no parcel: %s',
  async (id) => {
    expect([400, 404]).toContain((await send('GET', `/v1/trackings/${id}`)).statusCode)
  },
)

test('what Postgres cannot store is refused as the client’s mistake', async () => {
  for (const orderNumber of ['a\u0000b', 'half \ud800 pair', 'two\nlines']) {
    const response = await send('POST', '/v1/trackings', { trackingNumber: nextNumber(), orderNumber })
    expect([response.statusCode, response.json().errors[0].path]).toEqual([400, 'orderNumber'])
  }
})

test('over a real socket it is the same API', async () => {
  await world.app.listen({ host: '127.0.0.1', port: 0 })
  const agent = request(world.app.server)
  const response = await agent.post('/v1/trackings').set(withKey(world.shop.key)).send({ trackingNumber: nextNumber() })
  expect([response.status, response.body.outcome]).toEqual([201, 'created'])
  const list = await agent.get('/v1/trackings?limit=1').set(withKey(world.shop.key))
  expect(list.body.data).toHaveLength(1)
})
