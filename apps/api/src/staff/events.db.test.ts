import { createUser } from '@jejak/core/access'
import { type Actor, consoleActor } from '@jejak/core/changes'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'
import { type EventStream, openEventStream } from '../testing/event-stream.ts'

const own = 'http://localhost:3000'
const password = 'three cups of teh tarik'
const patient = { timeout: 30_000 }

let world: ApiWorld
let base: string
let other: Shop
let registered = 0
const streams: EventStream[] = []
beforeAll(async () => {
  world = await createApiWorld({ LIVE_HEARTBEAT: '0.2' })
  other = await world.addShop('kedai-lain')
  base = await world.app.listen({ port: 0, host: '127.0.0.1' })
})
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close()
})
afterAll(() => world.close())

const open = async (headers: Record<string, string> = withKey(world.shop.key)) => {
  const stream = await openEventStream(`${base}/v1/admin/events`, headers)
  streams.push(stream)
  return stream
}
const register = async (key = world.shop.key): Promise<string> => {
  const payload = { trackingNumber: `JT${String(++registered).padStart(10, '0')}` }
  const answer = await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(key), payload })
  return answer.json().id
}
const told = ({ events }: EventStream) => events.map(({ event, data }) => [event, data])
const change = (type: string, id: string) => ['change', JSON.stringify({ type, id })]

test('staff are told of each change in their shop by kind and id, and of none in another', async () => {
  const stream = await open()
  await expect.poll(() => told(stream), patient).toEqual([['ready', '{}']])
  await register(other.key)
  const id = await register()
  await world.app.inject({ method: 'DELETE', url: `/v1/trackings/${id}`, headers: withKey(world.shop.key) })
  await expect
    .poll(() => told(stream), patient)
    .toEqual([['ready', '{}'], change('registered', id), change('removed', id)])
  expect(stream.comments()).toBeGreaterThan(0)
})

test('who comes back is told what happened meanwhile, once', async () => {
  const first = await open()
  const before = await register()
  await expect.poll(() => told(first), patient).toContainEqual(change('registered', before))
  const last = first.events.at(-1)!.id
  first.close()
  const missed = await register()
  const second = await open({ ...withKey(world.shop.key), 'last-event-id': last })
  await expect.poll(() => told(second), patient).toEqual([change('registered', missed)])
  const now = await register()
  await expect.poll(() => told(second), patient).toEqual([change('registered', missed), change('registered', now)])
})

test('who has missed more than is told one by one, or comes from elsewhere, is told to read again', async () => {
  const stranger = await open({ ...withKey(world.shop.key), 'last-event-id': 'no-such-place' })
  await expect.poll(() => told(stranger), patient).toEqual([['reset', '{}']])
  const place = stranger.events[0]!.id
  await world.query(
    `insert into tracking_update_logs (at, triggered_by, organization_id, tracking_id, tracking_number, kind)
     select now(), 'system', $1, 1, 'JT0000000001', 'shop_changed' from generate_series(1, 600)`,
    [world.shop.organizationId],
  )
  const late = await open({ ...withKey(world.shop.key), 'last-event-id': place })
  await expect.poll(() => told(late), patient).toEqual([['reset', '{}']])
  const id = await register()
  await expect.poll(() => told(late), patient).toEqual([['reset', '{}'], change('registered', id)])
})

test('the stream of someone who is signed out ends', async () => {
  const actor: Actor = consoleActor
  const membership = { organizationId: world.shop.organizationId, role: 'viewer' as const }
  const email = 'ravi@kedai.example'
  await createUser(
    { ...world.deps, db: world.db, actor },
    { email, name: 'Ravi', password, isOperator: false, membership },
  )
  const payload = { email, password }
  const answer = await world.app.inject({ method: 'POST', url: '/v1/session', headers: { origin: own }, payload })
  const cookie = String(answer.headers['set-cookie']).split(';')[0]!
  const stream = await open({ cookie })
  await expect.poll(() => told(stream), patient).toEqual([['ready', '{}']])
  expect(stream.isEnded()).toBe(false)
  await world.app.inject({ method: 'DELETE', url: '/v1/session', headers: { cookie, origin: own } })
  await expect.poll(() => stream.isEnded(), patient).toBe(true)
})

test('one key, or one person, has no more than six: the seventh ends the first', async () => {
  const own: EventStream[] = []
  for (let stream = 0; stream < 7; stream++) own.push(await open())
  expect(own.map(({ status }) => status)).toEqual(Array(7).fill(200))
  await expect.poll(() => own.map((stream) => stream.isEnded()), patient).toEqual([true, ...Array(6).fill(false)])
})

test('a shop has no more than fifty streams at once', async () => {
  const keys: string[] = []
  const { organizationId } = world.shop
  for (let place = 0; place < 50; place++) {
    const key = place % 6 === 0 ? await world.addKey(organizationId, ['trackings:read', 'shop:admin']) : ''
    keys.push(key || keys.at(-1)!)
    expect((await open(withKey(keys.at(-1)!))).status).toBe(200)
  }
  const refused = await open()
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60'])
  expect((await open(withKey(other.key))).status).toBe(200)
})
