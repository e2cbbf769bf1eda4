import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'
import { makeSignedLink } from './signed-links.ts'

let world: ApiWorld
let other: Shop
beforeAll(async () => {
  world = await createApiWorld()
  other = await world.addShop('other')
})
afterAll(() => world.close())

const hour = 3_600_000
// Each test begins in a window of its own.
let day = 0
beforeEach(() => {
  world.clock.set(new Date(Date.parse('2026-03-02T04:00:00Z') + ++day * 48 * hour).toISOString())
})

let last = 0
const nextNumber = () => `JT${String(++last).padStart(10, '0')}`
const register = async (trackingNumber: string, { key }: Shop = world.shop): Promise<string> => {
  const payload = { trackingNumber }
  return (await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(key), payload })).json().id
}
const aParcel = async () => {
  const trackingNumber = nextNumber()
  return { trackingNumber, id: await register(trackingNumber) }
}
const report = (
  trackingNumber: string,
  payload: object = { kind: 'not_received' },
  query = '',
  address = '203.0.113.7',
) =>
  world.app.inject({
    method: 'POST',
    url: `/v1/track/${trackingNumber}/report${query}`,
    remoteAddress: address,
    payload,
  })
const attention = async (id: string) =>
  (
    await world.query<{ reason: string | null; changed: Date }>(
      'select attention_reason as reason, changed_at as changed from tracking_cache where id = $1',
      [id],
    )
  )[0]!
const logOf = async (id: string) =>
  (
    await world.query<{ entry: string }>(
      `select concat_ws(' ', kind, detail, 'by', triggered_by) as entry from tracking_update_logs
        where tracking_id = $1 and kind in ('reported', 'attention_resolved') order by id`,
      [id],
    )
  ).map(({ entry }) => entry)
const resolve = (id: string, key = world.shop.key) =>
  world.app.inject({ method: 'POST', url: `/v1/admin/trackings/${id}/attention/resolve`, headers: withKey(key) })

test.each([
  ['not_received', 'customer_not_received'],
  ['something_wrong', 'customer_something_wrong'],
])('a customer’s %s puts the parcel on the shop’s attention list and into its change feed', async (kind, reason) => {
  const { trackingNumber, id } = await aParcel()
  world.clock.advance(hour)
  const response = await report(trackingNumber, { kind })
  expect([response.statusCode, response.json()]).toEqual([202, { received: true }])
  expect(response.headers['cache-control']).toBe('no-store')
  expect(await attention(id)).toEqual({ reason, changed: world.clock.now() })
  expect(await logOf(id)).toEqual([`reported ${reason} by customer:number`])
  const list = await world.app.inject({ url: '/v1/trackings?attention=true', headers: withKey(world.shop.key) })
  expect(list.json().data[0]).toMatchObject({ id, requiresAttention: true, attentionReason: reason })
})

test('a report changes nothing that readers see: what they hold stays current, and so does when it last changed', async () => {
  const { trackingNumber } = await aParcel()
  const read = (headers = {}) => world.app.inject({ url: `/v1/track/${trackingNumber}`, headers })
  const before = await read()
  const held = { 'if-none-match': String(before.headers.etag) }
  expect((await read(held)).statusCode).toBe(304)
  world.clock.advance(1_000)
  await report(trackingNumber)
  expect((await read(held)).statusCode).toBe(304)
  expect((await read()).json().freshness.changedAt).toBe(before.json().freshness.changedAt)
})

test('a parcel’s reports are noted once a day, also when many come at once, and the answer is always the same', async () => {
  const { trackingNumber, id } = await aParcel()
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) => report(trackingNumber, undefined, '', `198.51.100.${index}`)),
  )
  expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`))).toEqual(
    new Set(['202 {"received":true}']),
  )
  expect(await logOf(id)).toEqual(['reported customer_not_received by customer:number'])
  await resolve(id)
  world.clock.advance(24 * hour - 1)
  await report(trackingNumber, { kind: 'something_wrong' })
  expect((await attention(id)).reason).toBeNull()
  world.clock.advance(1)
  await report(trackingNumber, { kind: 'something_wrong' })
  expect((await attention(id)).reason).toBe('customer_something_wrong')
})

test('a reason that stands is not replaced, but the report is noted', async () => {
  const { trackingNumber, id } = await aParcel()
  await world.query(`update tracking_cache set requires_attention = true, attention_reason = 'lost' where id = $1`, [
    id,
  ])
  const before = await attention(id)
  expect((await report(trackingNumber)).json()).toEqual({ received: true })
  expect(await attention(id)).toEqual(before)
  expect(await logOf(id)).toEqual(['reported customer_not_received by customer:number'])
})

test('of two shops with the same number the report goes to the one whose page or link it is', async () => {
  const { trackingNumber, id } = await aParcel()
  const theirs = await register(trackingNumber, other)
  await report(trackingNumber, { kind: 'not_received' }, '?shop=other')
  expect([(await attention(id)).reason, (await attention(theirs)).reason]).toEqual([null, 'customer_not_received'])
  const k = new URL(
    (await makeSignedLink({ ...world.deps, db: world.db }, { trackingId: id, trackingNumber })).url,
  ).searchParams.get('k')
  await report(trackingNumber, { kind: 'something_wrong' }, `?k=${k}`)
  expect((await attention(id)).reason).toBe('customer_something_wrong')
  expect((await report(trackingNumber, { kind: 'not_received' }, '?k=nonsense')).json().code).toBe('link_refused')
})

test('there is no room for free text, which could be personal', async () => {
  const { trackingNumber, id } = await aParcel()
  expect((await report(trackingNumber, { kind: 'not_received', message: 'Call 012-3456789' })).statusCode).toBe(400)
  expect((await report(trackingNumber, { kind: 'stolen' })).statusCode).toBe(400)
  expect(await logOf(id)).toEqual([])
})

test('a number no one registered cannot be reported', async () => {
  expect((await report(nextNumber())).statusCode).toBe(404)
})

test('an address may report 20 times in an hour, then has to wait', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { trackingNumber } = await aParcel()
    expect((await report(trackingNumber)).statusCode).toBe(202)
  }
  const { trackingNumber, id } = await aParcel()
  const refused = await report(trackingNumber)
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '3600'])
  expect(await logOf(id)).toEqual([])
  await expect
    .poll(() => world.query(`select kind from security_log where kind = 'report_limited'`))
    .toEqual([{ kind: 'report_limited' }])
  expect((await report(trackingNumber, undefined, '', '203.0.113.8')).statusCode).toBe(202)
  world.clock.advance(hour)
  expect((await report((await aParcel()).trackingNumber)).statusCode).toBe(202)
})

test('staff take a parcel off the list, and the log says who', async () => {
  const { trackingNumber, id } = await aParcel()
  await report(trackingNumber)
  world.clock.advance(hour)
  const resolved = await resolve(id)
  expect(resolved.statusCode).toBe(200)
  expect(resolved.json()).toMatchObject({ id, requiresAttention: false, attentionReason: null })
  expect((await attention(id)).changed).toEqual(world.clock.now())
  expect(await logOf(id)).toEqual([
    'reported customer_not_received by customer:number',
    'attention_resolved customer_not_received by key:1',
  ])
  world.clock.advance(hour)
  expect((await resolve(id)).statusCode).toBe(200)
  expect(await logOf(id)).toHaveLength(2)
})

test('only the shop’s own staff can', async () => {
  const { trackingNumber, id } = await aParcel()
  await report(trackingNumber)
  expect((await resolve(id, other.key)).statusCode).toBe(404)
  const key = await world.addKey(world.shop.organizationId, ['trackings:read', 'trackings:write'])
  expect((await resolve(id, key)).statusCode).toBe(403)
  expect((await attention(id)).reason).toBe('customer_not_received')
})

test('what staff took off the list is noted up to the newest scan that has happened', async () => {
  const { id } = await aParcel()
  const scans = ['2026-01-02T03:04:05.000Z', '2026-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z'].map((at) => ({
    at,
  }))
  await world.query(
    `update tracking_cache set events = $2, requires_attention = true, attention_reason = 'text_claims_an_end' where id = $1`,
    [id, JSON.stringify(scans)],
  )
  await resolve(id)
  expect(await world.query('select attention_seen_at as seen from tracking_cache where id = $1', [id])).toEqual([
    { seen: new Date('2026-01-02T03:04:05.000Z') },
  ])
})
