import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

let world: ApiWorld
let other: Shop
let id: string

const scans = JSON.stringify([
  {
    at: '2026-03-01T02:00:00.000Z',
    rawAt: '2026-03-01 10:00:00',
    zoneGuessed: true,
    code: 3,
    text: 'Received by Ahmad at the hub',
    location: 'SHAH ALAM HUB',
  },
])

beforeAll(async () => {
  world = await createApiWorld()
  other = await world.addShop('kedai-lain')
  const contact = { email: 'aisyah@example.com' }
  const ask = (method: 'POST' | 'PATCH', url: string, payload?: object) =>
    world.app.inject({ method, url, headers: withKey(world.shop.key), ...(payload && { payload }) })
  id = (await ask('POST', '/v1/trackings', { trackingNumber: '632143239945', orderNumber: '1001', contact })).json().id
  world.clock.advance(60_000)
  await ask('POST', '/v1/trackings', { trackingNumber: '632143239945', orderNumber: '1002' })
  world.clock.advance(60_000)
  await ask('PATCH', `/v1/trackings/${id}`, { courier: 'J&T Express' })
  await ask('POST', `/v1/trackings/${id}/link`)
  await ask('POST', `/v1/admin/trackings/${id}/notes`, { text: 'The courier was called' })
  await ask('POST', `/v1/admin/refreshes`, { ids: [id] })
  await world.query('update tracking_cache set events = $2 where id = $1', [id, scans])
  await world.query(
    `update tracking_schedule set checks = 7, due_because = 'in transit 120 × weekend 1.5' where tracking_id = $1`,
    [id],
  )
  await world.query(
    `with call as (
       insert into api_calls (connection_id, organization_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, closed_at, outcome)
       values ($1, $2, '2026-03-02', false, 0, $3, $3, 1, $3, 'timeout') returning id, opened_at)
     insert into call_parcels (call_id, organization_id, opened_at, tracking_ids) select id, $2, opened_at, array[$4::bigint] from call`,
    [world.shop.connectionId, world.shop.organizationId, world.clock.now(), id],
  )
})
afterAll(() => world.close())

const get = async (path: string, key = world.shop.key) => {
  const answer = await world.app.inject({ url: `/v1/admin/trackings/${id}/${path}`, headers: withKey(key) })
  return { status: answer.statusCode, body: answer.json() }
}

test('the story of a parcel has the courier’s words, when and why it is checked next, its calls, notes, links and runs', async () => {
  const { body } = await get('story')
  expect(body.parcel.events).toMatchObject([{ text: 'Received by Ahmad at the hub' }])
  expect(body).toMatchObject({
    parcel: { trackingNumber: '632143239945', schedule: { explanation: 'in transit 120 × weekend 1.5' } },
    checks: 7,
    calls: [{ outcome: 'timeout', batch: 1 }],
    notes: [{ text: 'The courier was called' }],
    links: { made: 1, lastAt: '2026-03-02T04:02:00.000Z' },
    refreshes: [{ outcome: null, follow: expect.stringContaining('/v1/admin/refreshes/') }],
  })
})

test('its history tells what happened and who did what, newest first, page by page and each once', async () => {
  const all = (await get('history')).body.data.map(
    ({ source, what }: { source: string; what: string }) => `${source} ${what}`,
  )
  expect(all.toSorted()).toEqual(
    expect.arrayContaining([
      'act link.created',
      'act parcels.changed',
      'change order_added',
      'change registered',
      'change shop_changed',
    ]),
  )
  expect(all.at(-1)).toMatch(/registered/)
  const paged: string[] = []
  for (let cursor = ''; paged.length <= all.length; ) {
    const { body } = await get(`history?limit=2${cursor}`)
    paged.push(...body.data.map(({ source, what }: { source: string; what: string }) => `${source} ${what}`))
    if (!body.nextCursor) break
    cursor = `&cursor=${body.nextCursor}`
  }
  expect(paged).toEqual(all)
  expect((await get('history?cursor=nonsense')).status).toBe(400)
})

test('who may not see calls and the audit log gets the story without them', async () => {
  const backEnd = await world.addKey(world.shop.organizationId, ['trackings:read'])
  const { status, body } = await get('story', backEnd)
  expect([status, body.calls, body.links, body.refreshes]).toEqual([200, null, null, null])
  expect(body.history.data.filter(({ source }: { source: string }) => source === 'act')).toEqual([])
})

test('the preview is what a customer of an order sees, beside what anyone sees, in a language of the shop', async () => {
  const { body } = await get('preview?language=ms')
  expect(body.buyer).toMatchObject({ orderNumber: '1002', events: [{ text: 'Received by Ahmad at the hub' }] })
  expect(JSON.stringify(body.public)).not.toMatch(/Ahmad|1002|1001/)
  expect(body.language).toBe('ms')
  expect(body.page).toContain('<html lang="ms"')
  expect((await get('preview?orderNumber=1001')).body.buyer.orderNumber).toBe('1001')
  expect((await get('preview?orderNumber=9999')).status).toBe(404)
  const [schedule] = await world.query<{ woken_at: Date | null }>(
    'select woken_at from tracking_schedule where tracking_id = $1',
    [id],
  )
  expect(schedule!.woken_at).toBeNull()
})

test('another shop finds no story, no history and no preview of it', async () => {
  for (const path of ['story', 'history', 'preview']) expect((await get(path, other.key)).status).toBe(404)
})

test('beside the calls of three days it tells of the last check, of the last change and of each failed call, however long ago', async () => {
  const { organizationId, connectionId } = world.shop
  const call = async (daysAgo: number, outcome: string, of: readonly string[] = [id]) => {
    const at = new Date(world.clock.now().getTime() - daysAgo * 86_400_000)
    const [made] = await world.query<{ id: string }>(
      `with call as (
         insert into api_calls (connection_id, organization_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, closed_at, outcome)
         values ($1, $2, $3::timestamptz::date, false, 0, $3, $3, 50, $3, $4) returning id, opened_at)
       insert into call_parcels (call_id, organization_id, opened_at, tracking_ids) select id, $2, opened_at, $5::bigint[] from call returning call_id as id`,
      [connectionId, organizationId, at, outcome, of],
    )
    return { id: made!.id, at }
  }
  const failures = [await call(80, 'server'), await call(40, 'timeout')]
  await call(41, 'timeout', ['999999'])
  const change = await call(30, 'ok')
  await call(20, 'ok')
  const check = await call(10, 'ok')
  await call(10, 'ok', ['999999'])
  const recorded = new Date(check.at.getTime() + 2_000)
  await world.query('update tracking_schedule set checked_at = $2 where tracking_id = $1', [id, recorded])
  await world.query(
    `insert into tracking_update_logs (organization_id, tracking_id, tracking_number, kind, triggered_by, at, call_id)
     select organization_id, id, tracking_number, 'events_added', 'worker', $2, $3 from tracking_cache where id = $1`,
    [id, change.at, change.id],
  )
  const { calls } = (await get('story')).body
  expect(calls.map((one: { id: string }) => one.id).slice(-4)).toEqual(
    [check, change, ...failures.toReversed()].map((one) => one.id),
  )
  expect(calls).toHaveLength(5)
})
