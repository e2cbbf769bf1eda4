import { trackingDocument } from '@jejak/contract'
import { systemActor } from '@jejak/core/changes'
import { reRead } from '@jejak/core/checking'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  world.clock.set('2026-03-02T04:00:00Z')
})

let last = 0
const nextNumber = () => `JT${String(++last).padStart(10, '0')}`

const register = async (trackingNumber: string, extra: object = {}, key = world.shop.key): Promise<string> => {
  const payload = { trackingNumber, ...extra }
  const response = await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(key), payload })
  expect(response.statusCode).toBe(201)
  return response.json().id
}

const read = (trackingNumber: string, headers: Record<string, string> = {}) =>
  world.app.inject({ url: `/v1/track/${trackingNumber}`, headers })

/** Sets the schedule as a check would have left it. */
const schedule = (id: string, columns: Record<string, unknown>) => {
  const names = Object.keys(columns)
  const sets = names.map((name, index) => `${name} = $${index + 2}`).join(', ')
  return world.query(`update tracking_schedule set ${sets} where tracking_id = $1`, [id, ...Object.values(columns)])
}
const scheduleOf = async (id: string) =>
  (await world.query<Record<string, unknown>>(`select * from tracking_schedule where tracking_id = $1`, [id]))[0]!
const ago = (ms: number) => new Date(world.clock.now().getTime() - ms)
const inFuture = (ms: number) => new Date(world.clock.now().getTime() + ms)
const hour = 3_600_000

test('a registered parcel can be read by anyone at once, and says that no one has asked yet', async () => {
  const trackingNumber = nextNumber()
  await register(trackingNumber, { courier: 'J&T Express', estimatedDelivery: '2026-03-05' })
  const response = await read(trackingNumber)
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(response.headers['access-control-allow-origin']).toBe('*')
  expect(trackingDocument.strict().parse(response.json())).toEqual({
    trackingNumber,
    courier: 'J&T Express',
    status: 'pending',
    substatus: null,
    deliveredAt: null,
    estimatedDelivery: '2026-03-05',
    events: [],
    freshness: {
      state: 'stale',
      checkedAt: null,
      changedAt: '2026-03-02T04:00:00.000Z',
      nextCheckAt: '2026-03-02T04:00:00.000Z',
      source: null,
      reason: null,
    },
  })
})

test('a number is found however it is typed', async () => {
  const trackingNumber = nextNumber()
  await register(trackingNumber)
  const response = await read(encodeURIComponent(` ${trackingNumber.toLowerCase().replace('00', '0 0')} `))
  expect(response.json().trackingNumber).toBe(trackingNumber)
})

test('a number no one registered is a helpful 404 that is not kept for long', async () => {
  const response = await read('632143239999')
  expect(response.statusCode).toBe(404)
  expect(response.headers['cache-control']).toBe('public, max-age=5')
  expect(response.headers['access-control-allow-origin']).toBe('*')
  expect(response.json()).toMatchObject({ code: 'not_found', detail: expect.stringContaining('not registered here') })
})

test.each([
  ['ES-2501-AAAAA', 'an EasyParcel shipment number'],
  ['7.02802E+15', 'A spreadsheet has shortened'],
  ['x1', '6 to 35 letters'],
  ['GUEST-PARCEL', 'at least one digit'],
])('what is no tracking number is refused with the reason: %s', async (input, reason) => {
  const response = await read(encodeURIComponent(input))
  expect(response.statusCode).toBe(400)
  expect(response.json()).toMatchObject({ code: 'validation', detail: expect.stringContaining(reason) })
})

test('the same answer costs nothing twice: 304 until something changed', async () => {
  const trackingNumber = nextNumber()
  const id = await register(trackingNumber)
  await schedule(id, { checked_at: ago(hour), checked_by: 'scheduled', next_update_due: inFuture(hour) })
  const first = await read(trackingNumber)
  const etag = String(first.headers.etag)
  expect(first.headers['cache-control']).toBe('public, max-age=60')
  world.clock.advance(60_000)
  const again = await read(trackingNumber, { 'if-none-match': `"other", ${etag}` })
  expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag])
  await world.app.inject({
    method: 'PATCH',
    url: `/v1/trackings/${id}`,
    headers: withKey(world.shop.key),
    payload: { courier: 'Pos Laju' },
  })
  const changed = await read(trackingNumber, { 'if-none-match': etag })
  expect([changed.statusCode, changed.json().courier]).toEqual([200, 'Pos Laju'])
})

test('an answer is kept no longer than until the next check, and a few seconds once that is late', async () => {
  const trackingNumber = nextNumber()
  const id = await register(trackingNumber)
  const cacheControl = async () => (await read(trackingNumber)).headers['cache-control']
  await schedule(id, { checked_at: ago(hour), checked_by: 'scheduled', next_update_due: inFuture(20_500) })
  expect(await cacheControl()).toBe('public, max-age=20')
  await schedule(id, { next_update_due: ago(1) })
  expect(await cacheControl()).toBe('public, max-age=5')
})

test('freshness says when EasyParcel was asked, and why not since', async () => {
  const trackingNumber = nextNumber()
  const id = await register(trackingNumber)
  const freshness = async () => (await read(trackingNumber)).json().freshness
  await world.query(`update connections set sealed_access_token = 'sealed' where id = $1`, [world.shop.connectionId])
  await schedule(id, { checked_at: ago(hour), checked_by: 'manual', next_update_due: inFuture(hour) })
  expect(await freshness()).toMatchObject({ state: 'fresh', source: 'manual', reason: 'number_unknown' })
  await world.query(`update tracking_cache set confirmed_at = registered_at where id = $1`, [id])
  expect(await freshness()).toMatchObject({ state: 'fresh', reason: null })
  await schedule(id, { last_failure: 'timeout' })
  await world.query(`update connections set breaker_open_until = $2 where id = $1`, [
    world.shop.connectionId,
    inFuture(1),
  ])
  expect(await freshness()).toMatchObject({ state: 'stale', reason: 'upstream_down' })
  await world.query(
    `update connections set breaker_open_until = null, budget_day = '2026-03-02', calls_used = 900 where id = $1`,
    [world.shop.connectionId],
  )
  expect(await freshness()).toMatchObject({ state: 'stale', reason: 'budget_spent' })
  world.clock.advance(24 * hour)
  expect(await freshness()).toMatchObject({ state: 'expired', reason: null })
  await world.query(`update connections set calls_used = 0, sealed_access_token = null where id = $1`, [
    world.shop.connectionId,
  ])
})

test('reading an expired parcel makes it urgent and due now, at most once in 15 minutes, and enqueues nothing', async () => {
  const trackingNumber = nextNumber()
  const id = await register(trackingNumber)
  await schedule(id, {
    checked_at: ago(30 * hour),
    checked_by: 'scheduled',
    next_update_due: ago(20 * hour),
    update_priority: 100,
  })
  const jobs = () => world.query<{ count: number }>(`select count(*)::int from pgboss.job`)
  const before = await jobs()

  expect((await read(trackingNumber)).json().freshness.state).toBe('expired')
  await expect.poll(() => scheduleOf(id)).toMatchObject({ update_priority: 70, next_update_due: world.clock.now() })
  expect(await jobs()).toEqual(before)

  await schedule(id, { next_update_due: ago(20 * hour), update_priority: 100 })
  world.clock.advance(15 * 60_000)
  await read(trackingNumber)
  expect(await scheduleOf(id)).toMatchObject({ update_priority: 100 })
  world.clock.advance(1)
  await read(trackingNumber)
  await expect.poll(() => scheduleOf(id)).toMatchObject({ update_priority: 70, woken_at: world.clock.now() })
})

test('an expired parcel stays expired until EasyParcel answers, however often it is read or asked about', async () => {
  const trackingNumber = nextNumber()
  const id = await register(trackingNumber)
  await schedule(id, { checked_at: ago(72 * hour), next_update_due: ago(70 * hour), update_priority: 100 })
  const state = async () => (await read(trackingNumber)).json().freshness.state
  expect(await state()).toBe('expired')
  await expect.poll(() => scheduleOf(id)).toMatchObject({ woken_at: world.clock.now() })
  expect(await state()).toBe('expired')
  world.clock.advance(6 * hour)
  expect(await state()).toBe('expired')
  await schedule(id, { call_id: 1, next_update_due: inFuture(50_000) })
  expect(await state()).toBe('expired')
  await schedule(id, { call_id: null, next_update_due: inFuture(0), update_priority: 50 })
  expect(await state()).toBe('expired')
})

test('a late parcel does not pass for fresh because a worker took it and died, or because a person asks for it', async () => {
  const trackingNumber = nextNumber()
  const id = await register(trackingNumber)
  const late = { checked_at: ago(10 * hour), checked_by: 'scheduled' }
  const state = async () => (await read(trackingNumber)).json().freshness.state
  for (const moved of [{ call_id: 1 }, { call_id: null, update_priority: 50 }]) {
    await schedule(id, { ...late, ...moved, next_update_due: ago(61_000) })
    expect(await state(), JSON.stringify(moved)).toBe('stale')
  }
})

test('a parcel that no one has asked about stays expired when a reader wakes it', async () => {
  const trackingNumber = nextNumber()
  const id = await register(trackingNumber)
  await schedule(id, { next_update_due: ago(hour), update_priority: 100 })
  const state = async () => (await read(trackingNumber)).json().freshness.state
  expect(await state()).toBe('expired')
  await expect.poll(() => scheduleOf(id)).toMatchObject({ woken_at: world.clock.now() })
  expect(await state()).toBe('expired')
})

test('a parcel in flight, ended, or fresh is not woken by readers', async () => {
  const expired = { checked_at: ago(30 * hour), next_update_due: ago(20 * hour), update_priority: 100 }
  const states = {
    inFlight: { ...expired, call_id: 1 },
    ended: { ...expired, update_priority: 110 },
    fresh: { ...expired, checked_at: ago(hour), next_update_due: inFuture(hour) },
    wakeable: expired,
  }
  const ids = new Map<string, string>()
  for (const [state, columns] of Object.entries(states)) {
    const trackingNumber = nextNumber()
    const id = await register(trackingNumber)
    ids.set(state, id)
    await schedule(id, columns)
    expect((await read(trackingNumber)).json().freshness.state).toBe(state === 'fresh' ? 'fresh' : 'expired')
  }
  // The last one is woken after the others had their turn.
  await expect.poll(() => scheduleOf(ids.get('wakeable')!)).toMatchObject({ woken_at: world.clock.now() })
  for (const state of ['inFlight', 'ended', 'fresh'])
    expect(await scheduleOf(ids.get(state)!), state).toMatchObject({ woken_at: null })
})

test('a wake that fails is logged and does not affect the answer', async () => {
  const trackingNumber = nextNumber()
  const id = await register(trackingNumber)
  await schedule(id, { checked_at: ago(30 * hour), next_update_due: ago(20 * hour), update_priority: 100 })
  await world.query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$`)
  await world.query(`create trigger refuse before update on tracking_schedule for each row execute function refuse()`)
  expect((await read(trackingNumber)).statusCode).toBe(200)
  await expect
    .poll(() => world.logLines().find(({ trackings }) => trackings === 1))
    .toMatchObject({ level: 50, msg: 'expired trackings could not be woken' })
  await world.query(`drop function refuse cascade`)
})

test('guests see our words and known places, and nothing of the buyer, the order or the courier’s text', async () => {
  const trackingNumber = 'GUEST-PARCEL-1'
  const contact = { email: 'aisyah@example.com', phone: '012-345 6789' }
  const id = await register(trackingNumber, { orderNumber: 'ORDER-77', contact })
  const event = {
    at: '2026-03-01T10:00:00Z',
    rawAt: '2026-03-01 18:00:00',
    zoneGuessed: true,
    code: 4,
    text: 'Delivered to Puan Aisyah, 012-3456789',
    location: 'Puan Aisyah, 12 Jalan Besar, Shah Alam',
  }
  await world.query(`update tracking_cache set events = $2 where id = $1`, [id, JSON.stringify([event])])
  await world.query('update installation set read_with = null')
  const { db, config, clock } = world
  const rules = {
    actor: systemActor,
    settingsOf: () => config.tracking,
    isDemo: false,
  }
  await reRead({ ...rules, db, clock: async () => clock.now() }, new AbortController().signal)
  const response = await read(trackingNumber)
  expect(response.json().events).toEqual([
    { at: '2026-03-01T10:00:00.000Z', zoneGuessed: true, status: 'in_transit', substatus: null, location: null },
  ])
  expect(response.body).not.toMatch(/aisyah|012-345|3456789|ORDER|Jalan|text|contact|hmac/i)
})

test('of two shops with the same number the one EasyParcel has confirmed is shown, whoever came first', async () => {
  const trackingNumber = nextNumber()
  await register(trackingNumber, { courier: 'Hijacker' })
  const other = await world.addShop('honest')
  const id = await register(trackingNumber, { courier: 'Honest' }, other.key)
  expect((await read(trackingNumber)).json().courier).toBe('Hijacker')
  await world.query(`update tracking_cache set confirmed_at = $2 where id = $1`, [id, world.clock.now()])
  expect((await read(trackingNumber)).json().courier).toBe('Honest')
})

test('look-ups of the same moment are answered each with its own parcel', async () => {
  const numbers = Array.from({ length: 40 }, nextNumber)
  const headers = withKey(world.shop.key)
  const payload = { trackings: numbers.map((trackingNumber) => ({ trackingNumber })) }
  await world.app.inject({ method: 'POST', url: '/v1/trackings/bulk', headers, payload })
  const asked = [...numbers, 'NOBODY-HAS-THIS', ...numbers]
  const answers = await Promise.all(asked.map((number) => read(number)))
  expect(answers.map((answer) => (answer.statusCode === 200 ? answer.json().trackingNumber : 'none'))).toEqual(
    asked.map((number) => (number.startsWith('JT') ? number : 'none')),
  )
})
