import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/check-world.ts'
import { spanOfWeeks } from './analytics-span.ts'
import { countShops } from './count-shops.ts'
import { viewReads } from './view-reads.ts'
import { viewTransit } from './view-transit.ts'

const hour = 3_600_000
const timezone = 'Asia/Kuala_Lumpur'
const never = new AbortController().signal

let world: CheckWorld
beforeAll(async () => {
  world = await createCheckWorld()
})
afterAll(() => world.close())
beforeEach(() =>
  world.query(
    'truncate tracking_cache, tracking_orders, tracking_schedule, parcel_weeks, read_days, read_hours, courier_days, bookings cascade',
  ),
)

const count = (signal = never) =>
  countShops({ db: world.db, settingsOf: () => ({ timezone }) }, { now: world.clock.now(), signal })
const shop = () => world.db.ofShop(world.installation.organizationId).sql
const span = () => spanOfWeeks({ today: '2026-11-17' })
const transit = (by: 'courier' | 'state' | 'week') => viewTransit(shop(), { by, ...span() })

let registered = 0
type Parcel = {
  status?: string
  substatus?: string
  courier?: string | null
  state?: string
  hours?: number
  scans?: [text: string, hoursBefore: number][]
  expected?: string
  hoursAgo?: number
}

/** A parcel that ended, ten hours ago where nothing else is said, with the scans of its life. */
const ended = async (parcel: Parcel): Promise<string> => {
  const {
    status = 'delivered',
    substatus = null,
    courier = 'J&T Express',
    state,
    hours,
    expected = null,
    hoursAgo = 10,
  } = parcel
  registered += 1
  const [id] = (await world.register(trackingNumbers(1, registered))).values()
  const now = world.clock.now()
  const at = new Date(now.getTime() - hoursAgo * hour)
  const before = (many: number) => new Date(at.getTime() - many * hour).toISOString()
  const scans = (parcel.scans ?? (status === 'delivered' ? [['Delivered', 0]] : [])).map(([text, many]) => ({
    ...{ at: before(many), rawAt: before(many), zoneGuessed: false, code: null, text, location: null },
    ...{ source: 'open', position: 0, toldAt: '' },
  }))
  await world.query(
    `update tracking_cache set status = $2, substatus = $3, courier = $4, ended_at = $5, delivered_at = case when $2 = 'delivered' then $5::timestamptz end,
            collected_at = $6, estimated_delivery = $7, events = $8, changed_at = $9 where id = $1`,
    [
      id,
      status,
      substatus,
      courier,
      at,
      hours === undefined ? null : before(hours),
      expected,
      JSON.stringify(scans),
      now,
    ],
  )
  await world.query('update tracking_schedule set next_update_due = null where tracking_id = $1', [id])
  if (state !== undefined)
    await world.query(
      `insert into bookings (organization_id, connection_id, shipment_number, tracking_id, state, country, first_seen_at, listed_at)
       values ($1, $2, $3, $4, $5, 'MY', $6, $6)`,
      [world.installation.organizationId, world.installation.connectionId, `ES-${id}`, id, state, now],
    )
  return id!
}

test('half of the parcels took so long, nine in ten so long: by courier, by state and by week, what no one said in a row of its own', async () => {
  for (let hours = 1; hours <= 10; hours++) await ended({ hours: hours * 10, state: 'MY-10' })
  await ended({ hours: 200, courier: 'Pos Laju', hoursAgo: 24 * 7 })
  await ended({ courier: null })
  expect(await count()).toBe(12)
  const byCourier = await transit('courier')
  expect(byCourier).toMatchObject({
    from: '2026-08-31',
    to: '2026-11-22',
    total: { parcels: 12, delivered: 12, timed: 11 },
  })
  expect(byCourier.data).toMatchObject([
    { courier: 'J&T Express', delivered: 10, timed: 10 },
    { courier: 'Pos Laju', delivered: 1, timed: 1 },
    { courier: 'unknown', delivered: 1, timed: 0, p50Hours: null, p90Hours: null },
  ])
  // Exactly 50 and 90 hours, as exact as the buckets 48 to 54 and 84 to 96 are.
  expect(byCourier.data[0]!.p50Hours).toBe(54)
  expect(byCourier.data[0]!.p90Hours).toBe(96)
  expect((await transit('state')).data).toMatchObject([
    { state: 'MY-10', name: 'Selangor', parcels: 10, callsPerDelivered: null },
    { state: 'unknown', name: null, parcels: 2 },
  ])
  expect((await transit('week')).data).toMatchObject([
    { week: '2026-11-09', parcels: 1, p50Hours: expect.any(Number) },
    { week: '2026-11-16', parcels: 11 },
  ])
})

test('first attempts, late, lost and returned parcels are shares of those of which it is known', async () => {
  await ended({
    scans: [
      ['Delivered', 0],
      ['Out for delivery', 3],
    ],
    expected: '2026-11-17',
  })
  await ended({
    scans: [
      ['Delivered', 0],
      ['Delivery attempt failed', 20],
    ],
    expected: '2026-11-15',
  })
  await ended({ scans: [] })
  await ended({ status: 'returned' })
  await ended({ status: 'exception', substatus: 'lost', scans: [['Parcel lost', 0]] })
  await ended({ status: 'lapsed', scans: [['Parcel lost', 300]] })
  await ended({ status: 'lapsed' })
  await ended({ status: 'cancelled' })
  await count()
  expect((await transit('courier')).total).toMatchObject({
    ...{ parcels: 8, delivered: 3, returned: 1, lost: 2, cancelled: 1, lapsed: 1 },
    ...{ attemptsKnown: 2, firstAttempt: 1, firstAttemptShare: 0.5 },
    ...{ expected: 2, late: 1, lateShare: 0.5, returnedShare: 0.167, lostShare: 0.333 },
  })
})

const stored = async () => ({
  weeks: await world.query('select * from parcel_weeks order by week, courier, state'),
  counted: await world.query('select * from counted_parcels order by tracking_id'),
  reads: await world.query('select * from read_days order by day, way, language'),
})

test('a second night in which nothing happened changes nothing, and one that is cut off is made up for by the next', async () => {
  for (let place = 0; place < 3; place++) await ended({ hours: 30 + place })
  const stopped = AbortSignal.abort()
  expect(await count(stopped)).toBe(0)
  expect(await count()).toBe(3)
  const before = await stored()
  expect(await count()).toBe(0)
  expect(await stored()).toEqual(before)
})

test('a parcel that turns out otherwise is counted as it is then, one that goes on is in no count, and one that is erased stays in them', async () => {
  const [wrong, reopened, erased] = [await ended({}), await ended({}), await ended({})]
  await count()
  world.clock.advance(24 * hour)
  const now = world.clock.now()
  await world.query(
    `update tracking_cache set status = 'returned', delivered_at = null, changed_at = $2 where id = $1`,
    [wrong, now],
  )
  await world.query(
    `update tracking_cache set status = 'out_for_delivery', delivered_at = null, ended_at = null, changed_at = $2 where id = $1`,
    [reopened, now],
  )
  await world.query('delete from tracking_cache where id = $1', [erased])
  expect(await count()).toBe(2)
  expect((await transit('week')).total).toMatchObject({ parcels: 2, delivered: 1, returned: 1, attemptsKnown: 1 })
  expect(await world.query('select tracking_id as id from counted_parcels')).toEqual([{ id: wrong }])
})

test('archived parcels count, those of another shop never do', async () => {
  const id = await ended({ hours: 30 })
  await world.query('update tracking_cache set archived_at = $2 where id = $1', [id, world.clock.now()])
  const [other] = await world.query<{ id: string }>(
    `insert into organizations (slug, name) values ('kedai-lain', '') returning id`,
  )
  await count()
  expect((await transit('courier')).total.delivered).toBe(1)
  const { total, data } = await viewTransit(world.db.ofShop(other!.id).sql, { by: 'courier', ...span() })
  expect([total.parcels, data]).toEqual([0, []])
})

test('a shop that cannot be counted keeps no other from it, and is not passed over in silence', async () => {
  const [broken] = await world.query<{ id: string }>(
    `insert into organizations (slug, name) values ('kedai-rosak', '') returning id`,
  )
  await world.query('update organizations set erase_at = now() where id <> all ($1)', [
    [broken!.id, world.installation.organizationId],
  ])
  await ended({ hours: 30 })
  const zoneOf = (id: string | null) => (id === world.installation.organizationId ? 'Mars/Olympus' : timezone)
  const counting = (settingsOf: typeof zoneOf) =>
    countShops(
      { db: world.db, settingsOf: (id) => ({ timezone: settingsOf(id) }) },
      { now: world.clock.now(), signal: never },
    )
  await expect(counting(zoneOf)).rejects.toThrow(/^Counting failed for 1 shops/)
  await expect(counting((id) => (id === broken!.id ? 'Mars/Olympus' : timezone))).rejects.toThrow(broken!.id)
  expect((await transit('courier')).total.delivered).toBe(1)
  await world.query('update organizations set erase_at = null')
})

test('checks and calls are shared among the parcels that were delivered meanwhile', async () => {
  await ended({})
  await ended({})
  await world.query(
    `insert into courier_days (organization_id, day, courier, calls, checks, parcels) values ($1, '2026-11-16', 'J&T Express', 3, 40, 9), ($1, '2026-11-16', 'Pos Laju', 1, 10, 2)`,
    [world.installation.organizationId],
  )
  await count()
  const { total, data } = await transit('courier')
  expect(data).toMatchObject([{ courier: 'J&T Express', checksPerDelivered: 20, callsPerDelivered: 1.5 }])
  expect(total).toMatchObject({ checksPerDelivered: 25, callsPerDelivered: 2 })
  expect((await transit('week')).data).toMatchObject([
    { week: '2026-11-16', checksPerDelivered: 25, callsPerDelivered: 2 },
  ])
})

test('how customers looked is told by way, hour, language and day of the shop’s clock, also once the hours are gone', async () => {
  await ended({})
  await ended({})
  await world.query(
    `insert into read_hours (organization_id, hour, way, state, language, reads) values
     ($1, '2026-11-15T17:00Z', 'page', 'fresh', 'ms', 6), ($1, '2026-11-16T04:00Z', 'page', 'stale', 'ms', 2), ($1, '2026-11-16T04:00Z', 'page', 'missing', '', 3),
     ($1, '2026-11-16T04:00Z', 'lookup', 'refused', '', 4), ($1, '2026-11-14T04:00Z', 'widget', 'final', 'en', 1), (null, '2026-11-16T04:00Z', 'page', 'missing', '', 9)`,
    [world.installation.organizationId],
  )
  await count()
  await world.query('truncate read_hours')
  await count()
  const reads = (by: 'way' | 'hour' | 'language' | 'day') => viewReads(shop(), { by, ...span() })
  const byWay = await reads('way')
  expect(byWay).toMatchObject({ delivered: 2, total: { reads: 9, missing: 3, refused: 4, readsPerDelivered: 4.5 } })
  expect(byWay.data).toEqual([
    { way: 'page', reads: 8, missing: 3, refused: 0, readsPerDelivered: 4 },
    { way: 'widget', reads: 1, missing: 0, refused: 0, readsPerDelivered: 0.5 },
    { way: 'lookup', reads: 0, missing: 0, refused: 4, readsPerDelivered: 0 },
  ])
  expect((await reads('hour')).data.filter((one) => one.reads > 0)).toMatchObject([
    { hour: 1, reads: 6 },
    { hour: 12, reads: 3, missing: null },
  ])
  expect((await reads('language')).data).toMatchObject([
    { language: 'ms', reads: 8 },
    { language: 'en', reads: 1 },
    { language: 'unknown', reads: 0 },
  ])
  expect((await reads('day')).data).toMatchObject([
    { day: '2026-11-14', reads: 1, readsPerDelivered: null },
    { day: '2026-11-16', reads: 8, missing: 3 },
  ])
})
