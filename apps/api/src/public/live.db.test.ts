import { afterEach, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'
import { type EventStream, openEventStream } from '../testing/event-stream.ts'

let world: ApiWorld
let address: string
let streams: EventStream[] = []

/** The API behind a proxy that says who asks, with short waits. */
const inWorld = async (env: Record<string, string> = {}) => {
  world = await createApiWorld({ TRUSTED_PROXIES: '127.0.0.1', LIVE_GATHER: '5', ...env })
  address = await world.app.listen({ host: '127.0.0.1', port: 0 })
}
beforeAll(() => {
  streams = []
})
afterEach(async () => {
  for (const { close } of streams) close()
  streams = []
  await world.close()
})

let last = 0
const nextNumber = () => `JT${String(++last).padStart(10, '0')}`

const register = async (trackingNumber = nextNumber(), key = world.shop.key) => {
  const response = await world.app.inject({
    method: 'POST',
    url: '/v1/trackings',
    headers: withKey(key),
    payload: { trackingNumber },
  })
  expect(response.statusCode).toBe(201)
  return { trackingNumber, id: response.json().id as string }
}
const change = (id: string, courier: string, key = world.shop.key) =>
  world.app.inject({
    method: 'PATCH',
    url: `/v1/trackings/${id}`,
    headers: withKey(key),
    payload: { courier },
  })
const read = (trackingNumber: string, query = '') => world.app.inject({ url: `/v1/track/${trackingNumber}${query}` })

const watch = async (trackingNumber: string, headers: Record<string, string> = {}, query = '') => {
  const stream = await openEventStream(`${address}/v1/track/${trackingNumber}/live${query}`, headers)
  streams.push(stream)
  return stream
}
const couriers = ({ events }: EventStream) => events.map(({ data }) => JSON.parse(data).courier)

test('a reader gets at once what the plain read says, byte for byte, and then every change', async () => {
  await inWorld()
  const { trackingNumber, id } = await register()
  const stream = await watch(` ${trackingNumber.toLowerCase()}`.replace(' ', '%20'))
  expect(stream.status).toBe(200)
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  })
  expect(stream.headers['content-encoding']).toBeUndefined()
  await expect.poll(() => stream.events).toHaveLength(1)
  const plain = await read(trackingNumber)
  expect(stream.events[0]).toMatchObject({ event: 'document', id: plain.headers.etag, data: plain.body })
  expect(stream.retries[0]).toBeGreaterThanOrEqual(3_000)
  expect(stream.retries[0]).toBeLessThanOrEqual(6_000)

  await change(id, 'Pos Laju')
  await expect.poll(() => couriers(stream)).toEqual([null, 'Pos Laju'])
  expect(stream.events[1]!.data).toBe((await read(trackingNumber)).body)
})

test('a reader that comes back with what is current gets nothing twice, and one that missed a change gets it', async () => {
  await inWorld()
  const { trackingNumber, id } = await register()
  const etag = String((await read(trackingNumber)).headers.etag)
  const current = await watch(trackingNumber, { 'last-event-id': etag })
  await expect.poll(current.comments).toBe(1)
  await change(id, 'Pos Laju')
  await expect.poll(() => couriers(current)).toEqual(['Pos Laju'])
  const behind = await watch(trackingNumber, { 'last-event-id': etag })
  await expect.poll(() => couriers(behind)).toEqual(['Pos Laju'])
})

test('a stream is one line in the log, also when its reader hangs up', async () => {
  await inWorld()
  const { trackingNumber } = await register()
  const stream = await watch(trackingNumber)
  await expect.poll(() => stream.events).toHaveLength(1)
  const lines = () => world.logLines().filter(({ route }) => route === '/v1/track/:trackingNumber/live')
  expect(lines()).toEqual([])
  stream.close()
  await expect.poll(lines).toHaveLength(1)
  expect(lines()[0]).toMatchObject({ status: 200, msg: 'request', requestId: stream.headers['x-request-id'] })
  await watch(trackingNumber)
  await world.app.close()
  expect(lines()).toHaveLength(2)
})

test('changes of other parcels, and changes a reader cannot see, are not sent', async () => {
  await inWorld()
  const [mine, other] = [await register(), await register()]
  const stream = await watch(mine.trackingNumber)
  const otherStream = await watch(other.trackingNumber)
  await expect.poll(() => stream.events.length + otherStream.events.length).toBe(2)
  await world.app.inject({
    method: 'PATCH',
    url: `/v1/trackings/${mine.id}`,
    headers: withKey(world.shop.key),
    payload: { orderNumber: 'ORDER-77' },
  })
  await change(other.id, 'Pos Laju')
  await expect.poll(() => otherStream.events).toHaveLength(2)
  expect(stream.events).toHaveLength(1)
})

test('two shops hold a number: the page of each follows its own parcel, and a page of neither the one that anyone sees', async () => {
  await inWorld()
  const kopi = await world.addShop('kopi')
  const ours = await register()
  const theirs = await register(ours.trackingNumber, kopi.key)
  const number = ours.trackingNumber
  const asking = (query: string) => watch(number, {}, query)
  const [ofOurs, ofKopi, ofAnyone] = [await asking('?shop=default'), await asking('?shop=Kopi'), await asking('')]
  const all = [ofOurs, ofKopi, ofAnyone]
  await expect.poll(() => all.map(({ events }) => events.length)).toEqual([1, 1, 1])

  await change(theirs.id, 'Pos Laju', kopi.key)
  await expect.poll(() => couriers(ofKopi)).toEqual([null, 'Pos Laju'])
  expect(ofKopi.events[1]).toMatchObject({
    data: (await read(number, '?shop=kopi')).body,
    id: (await read(number, '?shop=kopi')).headers.etag,
  })
  await change(ours.id, 'GDEX')
  await expect
    .poll(() => [ofOurs, ofAnyone].map(couriers))
    .toEqual([
      [null, 'GDEX'],
      [null, 'GDEX'],
    ])
  expect(couriers(ofKopi)).toEqual([null, 'Pos Laju'])

  await world.app.inject({ method: 'DELETE', url: `/v1/trackings/${ours.id}`, headers: withKey(world.shop.key) })
  await expect.poll(ofOurs.isEnded).toBe(true)
  await expect.poll(() => couriers(ofAnyone)).toEqual([null, 'GDEX', 'Pos Laju'])
  expect(ofKopi.isEnded()).toBe(false)
  const statuses = [await asking('?shop=default'), await asking('?shop=nobody'), await asking('?shop=No_slug')]
  expect(statuses.map(({ status }) => status)).toEqual([404, 404, 400])
})

test('a number no one registered and one that is none are problems, not streams', async () => {
  await inWorld()
  const unknown = await watch('632143239999')
  await expect.poll(unknown.isEnded).toBe(true)
  expect([unknown.status, unknown.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8'])
  expect(JSON.parse(unknown.body())).toMatchObject({ code: 'not_found' })
  expect((await watch('x')).status).toBe(400)
  const head = await world.app.inject({ method: 'HEAD', url: `/v1/track/${(await register()).trackingNumber}/live` })
  expect(head.statusCode).toBe(404)
})

test('the stream of a parcel that its shop removes ends, and is unknown to who comes back', async () => {
  await inWorld()
  const { trackingNumber, id } = await register()
  const stream = await watch(trackingNumber)
  await expect.poll(() => stream.events).toHaveLength(1)
  await world.app.inject({ method: 'DELETE', url: `/v1/trackings/${id}`, headers: withKey(world.shop.key) })
  await expect.poll(stream.isEnded).toBe(true)
  expect((await watch(trackingNumber)).status).toBe(404)
})

test('an answer that grows old without any change is sent again; all watched parcels are looked at in one statement', async () => {
  await inWorld({ LIVE_FRESHNESS: '0.1' })
  const parcels = [await register(), await register(), await register()]
  await world.query(`update tracking_schedule set checked_at = $1, next_update_due = $2`, [
    world.clock.now(),
    new Date(world.clock.now().getTime() + 3_600_000),
  ])
  const open = await Promise.all(parcels.map(({ trackingNumber }) => watch(trackingNumber)))
  await expect.poll(() => open.flatMap(({ events }) => events)).toHaveLength(3)
  const states = () => open.map(({ events }) => events.map(({ data }) => JSON.parse(data).freshness.state))
  expect(states()).toEqual([['fresh'], ['fresh'], ['fresh']])

  const statements: unknown[][] = []
  const sql = world.deps.lookupDb.sql as { query: (...args: { values: unknown[] }[]) => unknown }
  const query = sql.query.bind(sql)
  sql.query = (...args) => {
    statements.push(args[0]!.values[0] as unknown[])
    return query(...args)
  }
  world.clock.advance(2 * 3_600_000)
  await expect.poll(states).toEqual([
    ['fresh', 'stale'],
    ['fresh', 'stale'],
    ['fresh', 'stale'],
  ])
  expect(statements[0]?.toSorted()).toEqual(parcels.map(({ trackingNumber }) => trackingNumber).toSorted())
})

test('a quiet stream shows that it lives, and an old one ends with a hint when to come back', async () => {
  await inWorld({ LIVE_HEARTBEAT: '0.1', LIVE_MAX_AGE: '60' })
  const stream = await watch((await register()).trackingNumber)
  await expect.poll(stream.comments).toBeGreaterThan(2)
  expect(stream.events).toHaveLength(1)
  world.clock.advance(3_600_000)
  await expect.poll(stream.isEnded).toBe(true)
  expect(stream.retries).toHaveLength(2)
})

test('one address has so many streams and no more; leaving makes room', async () => {
  await inWorld({ LIVE_STREAMS_PER_ADDRESS: '2', LIVE_STREAMS_MAX: '3' })
  const { trackingNumber } = await register()
  const from = (ip: string) => watch(trackingNumber, { 'x-forwarded-for': ip })
  const first = await from('2001:db8::1')
  expect([first.status, (await from('2001:db8::2')).status]).toEqual([200, 200])
  const third = await from('2001:db8::3')
  expect([third.status, third.headers['retry-after']]).toEqual([429, '60'])
  expect((await from('203.0.113.7')).status).toBe(200)
  const full = await from('203.0.113.8')
  expect([full.status, full.headers['retry-after']]).toEqual([503, '30'])
  // Who asks for what is not there takes no place for long.
  expect((await watch('NOBODY-HAS-7', { 'x-forwarded-for': '2001:db8:1::' })).status).toBe(503)
  first.close()
  await expect.poll(async () => (await from('2001:db8::4')).status).toBe(200)
})

test('a process that stops ends its streams with a hint, and does not wait for who does not hang up', async () => {
  await inWorld()
  const { trackingNumber } = await register()
  const open = await Promise.all(Array.from({ length: 5 }, () => watch(trackingNumber)))
  await expect.poll(() => open.every(({ events }) => events.length === 1)).toBe(true)
  open[0]!.request.socket?.pause()
  await world.app.close()
  await expect.poll(() => open.slice(1).every((stream) => stream.isEnded())).toBe(true)
  expect(open.slice(1).every(({ retries }) => retries.length === 2)).toBe(true)
})

test('500 readers are told of one change in bounded memory, and leave nothing behind', async () => {
  await inWorld({ LIVE_STREAMS_PER_ADDRESS: '501', LIVE_STREAMS_MAX: '500' })
  const parcels = await Promise.all(Array.from({ length: 10 }, () => register()))
  const before = process.memoryUsage().rss
  const open = await Promise.all(
    Array.from({ length: 500 }, (_, place) => watch(parcels[place % parcels.length]!.trackingNumber)),
  )
  await expect.poll(() => open.every(({ events }) => events.length === 1)).toBe(true)
  // Both ends of each connection live in this process.
  expect((process.memoryUsage().rss - before) / 500).toBeLessThan(300_000)
  await change(parcels[3]!.id, 'Pos Laju')
  await expect.poll(() => open.filter((stream) => couriers(stream).includes('Pos Laju'))).toHaveLength(50)
  expect((await watch(parcels[0]!.trackingNumber)).status).toBe(503)
  for (const { close } of open) close()
  await expect.poll(async () => (await watch(parcels[0]!.trackingNumber)).status).toBe(200)
})
