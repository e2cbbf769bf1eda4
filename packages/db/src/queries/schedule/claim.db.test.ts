import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Tx } from '../../sql.ts'
import { createTestShop, numbers, type TestShops } from '../../testing/create-test-shop.ts'
import { type ClaimPass, claimSuspects, claimTrackings, findWaiting, listDueConnections } from './claim.ts'

const now = new Date('2026-11-17T02:00:00Z')
const minutes = (amount: number) => new Date(now.getTime() + amount * 60_000)
const leaseUntil = minutes(1)
const due = (priority: number, seats: number): ClaimPass => ({ kind: 'due', priority, seats })
const fill = (priority: number, seats: number): ClaimPass => ({ kind: 'fill', priority, seats })
// The statement wants at least one pass of each kind.
const noSeats = fill(70, 0)
const plain = [due(70, 10)]
const shared = [due(50, 10), due(70, 7), due(75, 8), due(100, 9), due(110, 10), due(70, 10), due(75, 10), due(100, 10)]

let shop: TestShops
beforeAll(async () => {
  shop = await createTestShop()
})
afterAll(() => shop.close())
beforeEach(() =>
  shop.query('truncate tracking_cache, tracking_orders, tracking_schedule, tracking_update_logs cascade'),
)

type Changed = {
  callId?: string
  passes?: readonly ClaimPass[]
  at?: Date
  scanFrom?: ReadonlyMap<number, Date>
  inFlight?: number
}
const claimIn = (
  tx: Tx,
  { callId = '1', passes = plain, at = now, scanFrom = new Map(), inFlight = 0 }: Changed = {},
) =>
  claimTrackings(tx, {
    connectionId: shop.connectionId,
    callId,
    now: at,
    leaseUntil: new Date(at.getTime() + 60_000),
    passes: [...passes, noSeats],
    fillCheckedBefore: new Date(at.getTime() - 15 * 60_000),
    scanFrom,
    inFlightElsewhere: inFlight,
  })
const claim = (changed: Changed = {}) => shop.db.transaction((tx) => claimIn(tx, changed))

let from = 0
/** Parcels of one class, the first due at `at`, each a second after the one before. */
const parcels = async (amount: number, { priority = 70, at = minutes(-60) } = {}) => {
  from += amount
  const ids = await shop.register(numbers(amount, from * 1000), minutes(-600))
  await shop.reschedule(
    ids,
    `update_priority = $2, next_update_due = $3::timestamptz + tracking_id % 1000 * interval '1 second'`,
    [priority, at],
  )
  return ids
}
const classes = (claimed: readonly { priority: number }[]) => {
  const counts: Record<number, number> = {}
  for (const { priority } of claimed) counts[priority] = (counts[priority] ?? 0) + 1
  return counts
}

describe('workers that claim at the same moment', () => {
  test('never get the same parcel, and the later one takes others instead of waiting', async () => {
    await parcels(15)
    const [first, second] = await shop.db.transaction(async (held) => {
      const taken = await claimIn(held, { callId: '1' })
      return [taken, await claim({ callId: '2' })]
    })
    expect([first!.length, second!.length]).toEqual([10, 5])
    expect(new Set([...first!, ...second!].map(({ trackingId }) => trackingId)).size).toBe(15)
  })

  test('share out a hundred parcels, each exactly once', async () => {
    await parcels(100)
    const batches = await Promise.all(Array.from({ length: 16 }, (_, call) => claim({ callId: String(call + 1) })))
    const ids = batches.flat().map(({ trackingId }) => trackingId)
    expect(ids).toHaveLength(new Set(ids).size)
    while ((await claim({ callId: '99' })).length > 0);
    const [left] = await shop.query<{ unclaimed: number }>(
      'select count(*)::int as unclaimed from tracking_schedule where call_id is null',
    )
    expect(left).toEqual({ unclaimed: 0 })
  })
})

test('a claimed parcel carries its call, and is free again when the lease of that call has run out', async () => {
  const [id] = await parcels(1)
  const [claimed] = await claim({ callId: '7' })
  expect(claimed).toMatchObject({ trackingId: id, priority: 70, wasDue: true })
  expect(await shop.query('select call_id as call, next_update_due as due from tracking_schedule')).toEqual([
    { call: '7', due: leaseUntil },
  ])
  expect(await claim({ callId: '8', at: new Date(leaseUntil.getTime() - 1) })).toEqual([])
  expect(await claim({ callId: '8', at: leaseUntil })).toHaveLength(1)
})

describe('seats', () => {
  test('go to what has been due longest', async () => {
    const early = await parcels(4, { at: minutes(-90) })
    const late = await parcels(8, { at: minutes(-30) })
    const claimed = (await claim()).map(({ trackingId }) => trackingId)
    expect(claimed.filter((id) => early.includes(id))).toHaveLength(4)
    expect(claimed.filter((id) => late.includes(id))).toHaveLength(6)
  })

  test('go to each class in turn, up to its share', async () => {
    for (const priority of [50, 70, 75, 100, 110]) await parcels(priority === 50 ? 3 : 20, { priority })
    expect(classes(await claim({ passes: shared }))).toEqual({ 50: 3, 70: 4, 75: 1, 100: 1, 110: 1 })
    expect(classes(await claim({ callId: '2', passes: shared }))).toEqual({ 70: 7, 75: 1, 100: 1, 110: 1 })
  })

  test('that a class does not need go round again, each parcel once', async () => {
    await parcels(9, { priority: 70 })
    await parcels(1, { priority: 100 })
    const claimed = await claim({ passes: shared })
    expect(classes(claimed)).toEqual({ 70: 9, 100: 1 })
    expect(new Set(claimed.map(({ trackingId }) => trackingId)).size).toBe(10)
  })

  test('are never taken by parcels of another account', async () => {
    const other = await shop.addShop('other')
    await shop.register(numbers(3, 900_000), minutes(-1), other)
    expect(await claim()).toEqual([])
    const due = () => listDueConnections(shop.db.sql, { now, priorities: [50, 70] })
    expect(await due()).toEqual([])
    await shop.query(`update connections set sealed_access_token = 'a' where id = $1`, [other.connectionId])
    expect(await due()).toEqual([{ connectionId: other.connectionId }])
    expect(await listDueConnections(shop.db.sql, { now, priorities: [100] })).toEqual([])
  })
})

describe('an empty seat', () => {
  const passes = [due(70, 6), fill(100, 6), fill(75, 6)]

  test('is filled with what would be due next, soonest first', async () => {
    await parcels(2)
    await parcels(3, { priority: 75, at: minutes(5) })
    const far = await parcels(2, { priority: 100, at: minutes(120) })
    const near = await parcels(2, { priority: 100, at: minutes(60) })
    await shop.query('update tracking_schedule set checked_at = $1', [minutes(-16)])
    const claimed = await claim({ passes: [due(70, 5), fill(100, 5)] })
    expect(claimed.filter(({ wasDue }) => !wasDue).map(({ trackingId }) => trackingId)).toEqual(
      expect.arrayContaining([...near, far.toSorted((a, b) => (Number(a) % 1000) - (Number(b) % 1000))[0]]),
    )
    expect(classes(claimed)).toEqual({ 70: 2, 100: 3 })
  })

  test.each([
    ['was checked a moment ago', `checked_at = '2026-11-17T01:50:00Z'`],
    ['is being asked about', `call_id = 5`],
    ['could not be read last time', `consecutive_failures = 1`],
    ['is a suspect', `batch_limit = 7, strikes = 2, update_priority = 120`],
    ['only waits for its confirmation', `update_priority = 110`],
  ])('stays empty rather than take a parcel that %s', async (_, set) => {
    await parcels(1)
    const next = await parcels(1, { priority: 100, at: minutes(60) })
    await shop.reschedule(next, set)
    expect(classes(await claim({ passes }))).toEqual({ 70: 1 })
  })

  test('is filled though other calls are asking about all that would be due next', async () => {
    const held = await parcels(60, { priority: 100, at: minutes(0.5) })
    await shop.reschedule(held, 'call_id = 5, next_update_due = $2', [minutes(1)])
    await parcels(5, { priority: 100, at: minutes(60) })
    expect(classes(await claim({ passes, inFlight: 60 }))).toEqual({ 100: 5 })
  })
})

test('suspects are asked apart from the others, those that fly alone never with another', async () => {
  const plainOnes = await parcels(2)
  const alone = await parcels(2)
  const sevens = await parcels(5)
  const culprits = await parcels(1)
  const asked = await parcels(1)
  await shop.reschedule(sevens, 'batch_limit = 7, strikes = 2, update_priority = 120')
  await shop.reschedule(alone, `batch_limit = 1, strikes = 3, update_priority = 120, struck_at = $2`, [minutes(-200)])
  await shop.reschedule(culprits, 'batch_limit = 1, strikes = 4, update_priority = 130')
  await shop.reschedule(asked, 'batch_limit = 1, strikes = 4, update_priority = 50')
  const suspects = (priority: number, seats: number, callId: string) =>
    shop.db.transaction((tx) =>
      claimSuspects(tx, { connectionId: shop.connectionId, callId, now, leaseUntil, priority, seats }),
    )
  const idsOf = (claimed: { trackingId: string }[]) => claimed.map(({ trackingId }) => trackingId).toSorted()
  const waiting = () => findWaiting(shop.db.sql, { connectionId: shop.connectionId, now, scanFrom: new Map() })
  const all = { classes: [70], asked: true, culprit: true }
  expect(await waiting()).toEqual({ ...all, trial: { strikes: 3, struckAt: minutes(-200), dueAt: expect.any(Date) } })
  expect(idsOf(await suspects(120, 7, '1'))).toEqual(sevens.toSorted())
  expect(await suspects(120, 1, '2')).toHaveLength(1)
  expect(await suspects(120, 1, '3')).toHaveLength(1)
  expect(idsOf(await suspects(130, 1, '4'))).toEqual(culprits)
  expect(idsOf(await claim({ callId: '5' }))).toEqual(plainOnes.toSorted())
  expect(await waiting()).toEqual({ ...all, classes: [], culprit: false, trial: null })
  expect(idsOf(await suspects(50, 1, '6'))).toEqual(asked)
})

test('a scan that starts where the last one ended sees nothing before it, and everything from there on', async () => {
  await parcels(2, { at: minutes(-600) })
  const later = await parcels(2, { at: minutes(-90) })
  const claimed = await claim({ scanFrom: new Map([[70, minutes(-100)]]) })
  expect(claimed.map(({ trackingId }) => trackingId).toSorted()).toEqual(later.toSorted())
  expect(await claim({ callId: '2' })).toHaveLength(2)
})

test('what people ask for is told apart from what is merely due, and what is due from what is not yet', async () => {
  const waiting = () => findWaiting(shop.db.sql, { connectionId: shop.connectionId, now, scanFrom: new Map() })
  const ids = await parcels(2, { at: minutes(5) })
  expect(await waiting()).toMatchObject({ classes: [] })
  await shop.reschedule(ids.slice(0, 1), 'next_update_due = $2', [now])
  expect(await waiting()).toMatchObject({ classes: [70] })
  await shop.reschedule(ids.slice(1), 'next_update_due = $2, update_priority = 50', [now])
  expect(await waiting()).toMatchObject({ classes: [50, 70] })
})

test('what waits is looked for where a claim would look; suspects are found wherever they are', async () => {
  const scanFrom = new Map([[70, minutes(-100)]])
  const waiting = () => findWaiting(shop.db.sql, { connectionId: shop.connectionId, now, scanFrom })
  const [early] = await parcels(1, { at: minutes(-600) })
  expect(await waiting()).toMatchObject({ classes: [] })
  await shop.reschedule([early!], 'batch_limit = 7, strikes = 2, update_priority = 120')
  expect(await waiting()).toMatchObject({ classes: [], trial: { strikes: 2, struckAt: null } })
  await parcels(1, { at: minutes(-90) })
  await shop.reschedule([early!], 'batch_limit = null, strikes = 0, update_priority = 70')
  expect(await waiting()).toMatchObject({ classes: [70] })
})

test('among 20,000 parcels a connection plans a claim a few times and never again, and reads no table as a whole', async () => {
  await shop.register(numbers(20_000, 2_000_000), minutes(-600))
  await shop.query(
    `update tracking_schedule set update_priority = case when tracking_id % 10 = 0 then 70 else 100 end,
            next_update_due = $1::timestamptz + tracking_id % 14400 * interval '1 second'`,
    [minutes(-2)],
  )
  await shop.query('vacuum analyze tracking_cache')
  await shop.query('vacuum analyze tracking_schedule')
  const passes = [...shared.map(({ priority }) => due(priority, 50)), fill(100, 50), fill(75, 50)]
  await shop.db.transaction(async (tx) => {
    for (let call = 1; call <= 12; call++) {
      await tx.query('savepoint before')
      expect(await claimIn(tx, { callId: String(call), passes })).toHaveLength(50)
      await tx.query('rollback to savepoint before')
    }
    const { rows } = await tx.query<{ name: string; custom: number; generic: number }>(
      `select name, custom_plans::int as custom, generic_plans::int as generic
         from pg_prepared_statements where name like 'claim-%' order by prepare_time desc limit 1`,
    )
    expect(rows).toMatchObject([{ custom: 5, generic: 7 }])
    const values = [shop.connectionId, now.toISOString(), '99', leaseUntil.toISOString(), minutes(-15).toISOString()]
    const bounds = `{${[...passes, noSeats].map(() => '-infinity').join(',')}}`
    await tx.query('set local plan_cache_mode = force_generic_plan')
    const explained = await tx.query<{ 'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number } }] }>(
      `explain (analyze, buffers, format json)
       execute "${rows[0]!.name}" (${[...values, bounds, 0].map((value) => `'${value}'`).join(', ')})`,
    )
    const [{ Plan: plan }] = explained.rows[0]!['QUERY PLAN']
    expect(plan['Shared Hit Blocks']).toBeLessThan(3000)
    expect(JSON.stringify(plan)).not.toContain('Seq Scan')
  })
})
