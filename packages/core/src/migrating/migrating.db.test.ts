import { findBrokenRules, readClock } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Actor } from '../actor.ts'
import { reRead } from '../checking/index.ts'
import { changeTracking, registerTrackings, removeTracking } from '../registering/index.ts'
import { type CheckWorld, createCheckWorld } from '../testing/check-world.ts'
import { readMapping } from './mapping.ts'
import { createOldShop, dump, exampleFile, mappingOf, type OldShop } from './testing/old-shop.ts'

const key: Actor = { kind: 'key', id: '7' }

let world: CheckWorld
let old: OldShop
beforeAll(async () => {
  world = await createCheckWorld()
  old = await createOldShop(world)
  await old.query(exampleFile('orders.sql'))
})
afterAll(async () => {
  await old.close()
  await world.close()
})
beforeEach(async () => {
  await old.query(
    'drop table if exists parcels; create table parcels (id int, awb text, order_no text, email text, phone text, state text, ended text, booked text)',
  )
  await world.query(
    'truncate tracking_cache, tracking_orders, tracking_schedule, tracking_update_logs, migration_runs, audit_log restart identity cascade',
  )
})

type Parcel = {
  awb: string
  order_no?: string
  email?: string
  phone?: string
  state?: string
  ended?: string
  booked?: string
}
const fill = async (parcels: readonly Parcel[]) => {
  const rows = JSON.stringify(parcels.map((parcel, place) => ({ id: place + 1, ...parcel }))).replaceAll("'", "''")
  await old.query(`insert into parcels select * from jsonb_populate_recordset(null::parcels, '${rows}')`)
}
const many = (amount: number, from = 0): Parcel[] =>
  Array.from({ length: amount }, (_, place) => ({
    awb: String(640_000_000_000 + from + place),
    order_no: `B${from + place}`,
  }))
const register = (trackingNumber: string, more: object = {}) => {
  const { organizationId, connectionId } = world.installation
  const trackings = [{ trackingNumber, ...more }]
  return registerTrackings(old.deps, { actor: key, organizationId, connectionId, trackings })
}
const whole = mappingOf('parcels', {
  ...{ email: 'email', phone: 'phone', bookedAt: 'booked', endedAt: 'ended' },
  status: { column: 'state', words: { done: 'delivered', back: 'returned', off: 'cancelled', going: 'on_its_way' } },
})

type Row = Record<'status' | 'ended' | 'delivered' | 'due' | 'priority' | 'document' | 'events', unknown>
const rowOf = async (number: string) =>
  (
    await world.query<Row>(
      `select t.status, t.ended_at as ended, t.delivered_at as delivered, t.document, t.events, s.next_update_due as due, s.update_priority as priority
         from tracking_cache t left join tracking_schedule s on s.tracking_id = t.id where tracking_number = $1`,
      [number],
    )
  )[0]!

test('the orders of the example come along once, and are taken back', async () => {
  const mapping = readMapping(exampleFile('mapping.json'))
  old.deps.clock = readClock
  try {
    const before = await dump(world)
    const foretold = await old.preview(mapping)
    expect(foretold).toMatchObject({
      ...{ rows: 11, leftOut: 3, unreadable: 1, numbers: 8, created: 7, ended: 3, joined: 1, here: 0 },
      unknownStatuses: [{ word: 'on the way?', rows: 1 }],
    })
    expect(foretold.reasons.map(({ outcome, rows, examples }) => ({ outcome, rows, examples }))).toEqual([
      { outcome: 'left_out', rows: 1, examples: [{ key: '1005' }] },
      { outcome: 'unreadable', rows: 1, examples: [{ key: '1008', shape: 'aaaa aaaaaa' }] },
      { outcome: 'left_out', rows: 1, examples: [{ key: '1010' }] },
      { outcome: 'left_out', rows: 1, examples: [{ key: '1011' }] },
    ])
    expect(await dump(world)).toEqual(before)
    const { run, report } = await old.run(mapping)
    expect(report).toEqual(foretold)
    const [kept] = await world.query<{ kept: unknown }>(
      `select report->'unknownStatuses' as kept from migration_runs where id = $1`,
      [run],
    )
    expect(kept).toEqual({ kept: [{ word: 'aa aaa aaa?', rows: 1, isForm: true }] })
    expect(
      await world.query('select tracking_number as number, courier, status from tracking_cache order by 1'),
    ).toEqual([
      { number: '632143239945', courier: 'J&T Express', status: 'delivered' },
      { number: '632143239958', courier: 'J&T Express', status: 'pending' },
      { number: '632143239959', courier: 'J&T Express', status: 'pending' },
      { number: '632143239962', courier: 'J&T Express', status: 'cancelled' },
      { number: '632143239963', courier: 'J&T Express', status: 'pending' },
      { number: '7028738936112053', courier: 'DHL eCommerce', status: 'pending' },
      { number: 'ER665997516MY', courier: 'Pos Laju', status: 'delivered' },
    ])
    const orders = await world.query<{ orders: string[] }>(
      `select array_agg(order_number order by id) as orders from tracking_orders group by tracking_id order by 1`,
    )
    expect(orders.map(({ orders }) => orders.join())).toEqual([
      '#1001,#1009',
      '#1002',
      '#1003',
      '#1003',
      '#1004',
      '#1006',
      '#1007',
    ])
    expect((await old.run(mapping)).report).toMatchObject({ numbers: 8, created: 0, joined: 0, here: 8 })
    expect(await old.verify(mapping, run)).toMatchObject({
      rows: 11,
      found: 8,
      ordersFound: 8,
      sampled: 8,
      isWhole: true,
    })
    expect(await old.undo(run)).toMatchObject({ batches: 1, parcels: 7, keptParcels: 0 })
    expect(await dump(world)).toEqual(before)
    expect(await old.verify(mapping, run)).toMatchObject({ found: 0, isWhole: false })
    const acts = await world.query<{ act: string }>('select act from audit_log where act like $1 order by id', [
      'migration.%',
    ])
    expect(acts.map(({ act }) => act.slice(10))).toEqual(['started', 'finished', 'started', 'finished', 'undone'])
  } finally {
    old.deps.clock = async () => world.clock.now()
  }
})

test('the file of the example comes along, with its dates as the old tool wrote them', async () => {
  const mapping = readMapping(exampleFile('mapping-csv.json'))
  const { report } = await old.runCsv(mapping, exampleFile('orders.csv'))
  expect(report).toMatchObject({ rows: 5, leftOut: 1, unreadable: 1, numbers: 4, created: 4, ended: 2 })
  expect(report.reasons.find(({ outcome }) => outcome === 'unreadable')?.examples).toEqual([
    { key: 'line 6', shape: '9,99999a+99' },
  ])
  expect(
    await world.query(
      'select tracking_number as number, status, booked_at as booked, ended_at as ended from tracking_cache order by id limit 1',
    ),
  ).toEqual([{ number: '632143239945', status: 'pending', booked: new Date('2026-11-14T01:00:00Z'), ended: null }])
  expect(await rowOf('ER665997516MY')).toMatchObject({ status: 'delivered', ended: new Date('2026-11-07T02:30:00Z') })
})

test('what ended in the old system costs no call, stays so when rules change, and says where that comes from', async () => {
  await fill([
    { awb: '640000000001', order_no: 'A1', state: 'Done', ended: '2026-03-02 10:00', booked: '2026-02-25 09:00' },
    { awb: '640000000002', order_no: 'A2', state: 'back', ended: '2026-06-02 10:00' },
    { awb: '640000000003', order_no: 'A3', state: 'done', ended: '2026-11-17 08:00' },
    { awb: '640000000004', order_no: 'A4', state: 'done' },
    { awb: '640000000005', order_no: 'A5', state: 'done', ended: '2027-01-01' },
    { awb: '640000000006', order_no: 'A6', state: 'done', ended: '2025-01-01' },
  ])
  expect((await old.run(whole)).report).toMatchObject({ created: 5, ended: 3, leftOut: 1 })
  const endedAt = new Date('2026-03-02T02:00:00Z')
  const first = await rowOf('640000000001')
  expect(first).toMatchObject({ status: 'delivered', ended: endedAt, delivered: endedAt, due: null })
  expect(JSON.parse(`${first.document}}`).events).toMatchObject([{ status: 'delivered', source: 'import' }])
  expect(await rowOf('640000000002')).toMatchObject({ status: 'returned', delivered: null, due: null })
  // Ended this morning: it is asked about once more, as any parcel.
  expect(await rowOf('640000000003')).toMatchObject({ status: 'delivered', priority: 110 })
  for (const number of ['640000000004', '640000000005'])
    expect(await rowOf(number)).toMatchObject({ status: 'pending', ended: null, due: world.clock.now() })
  expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
  const before = await dump(world)
  await world.query('update installation set read_with = null, re_reading_with = null, re_read_after = 0')
  expect(await reRead(world.process(), new AbortController().signal)).toMatchObject({ parcels: 0 })
  expect(await dump(world)).toEqual(before)
})

test('what is here already gets what it lacks and nothing else, and loses exactly that again', async () => {
  await register('640000000001', { orderNumber: 'A1' })
  await register('640000000002', { orderNumber: 'A2', contact: { email: 'a@example.com' } })
  await register('640000000003', { orderNumber: 'A3', courier: 'DHL' })
  await fill([
    { awb: '640000000001', order_no: 'a1', email: 'b@example.com', phone: '012-345 6789', booked: '2026-11-10' },
    { awb: '640000000002', order_no: 'A2', email: 'other@example.com', phone: '012-345 6789' },
    { awb: '640000000003', order_no: 'A9', state: 'done', ended: '2026-11-10' },
    { awb: '640000000003', order_no: 'A3' },
    { awb: '640000000004', order_no: 'A4' },
  ])
  world.clock.advance(1_000)
  const before = await dump(world)
  const foretold = await old.preview(whole)
  const { run, report } = await old.run(whole)
  expect(report).toEqual(foretold)
  expect(report).toMatchObject({ created: 1, joined: 3, here: 1, ended: 0 })
  expect(await rowOf('640000000003')).toMatchObject({ status: 'pending', ended: null })
  expect(await dump(world)).not.toEqual(before)
  // What it had stays: only where the old system knows another buyer is that told.
  expect(await old.verify(whole, run)).toMatchObject({
    found: 5,
    ordersFound: 5,
    differences: [{ what: 'another e-mail address', rows: 1, examples: ['2'] }],
  })
  expect(await old.undo(run)).toMatchObject({ parcels: 1, orders: 1, contacts: 2, keptParcels: 0, keptOrders: 0 })
  expect(await dump(world)).toEqual(before)
})

test('a number of a parcel that ended long ago here begins no new life, and one that was given up is not woken', async () => {
  await register('640000000001', { orderNumber: 'A1' })
  await register('640000000002', { orderNumber: 'A2' })
  await register('640000000003', { orderNumber: 'A3' })
  await world.query(
    `update tracking_cache set status = 'lapsed', ended_at = '2026-10-01' where tracking_number = '640000000002'`,
  )
  await world.query(
    `update tracking_cache set status = 'delivered', ended_at = '2026-10-01' where tracking_number <> '640000000002'`,
  )
  await world.query(`update tracking_schedule set next_update_due = null`)
  await world.query(`update tracking_cache set archived_at = '2026-11-01' where tracking_number = '640000000003'`)
  const before = await dump(world)
  await fill([
    { awb: '640000000001', order_no: 'B1', booked: '2026-11-01' },
    { awb: '640000000002', order_no: 'A2' },
    { awb: '640000000003', order_no: 'A3' },
    { awb: '640000000003', order_no: 'B3', booked: '2026-09-01' },
  ])
  expect((await old.run(whole)).report).toMatchObject({ created: 0, joined: 0, here: 4 })
  expect(await dump(world)).toEqual(before)
})

test('a parcel that someone has worked with since stays when the run is taken back', async () => {
  await register('640000000009', { orderNumber: 'A9' })
  await fill([...many(3), { awb: '640000000009', order_no: 'N1' }])
  const { run } = await old.run(whole)
  const { organizationId } = world.installation
  const ids = await world.query<{ id: string; number: string }>(
    'select id, tracking_number as number from tracking_cache',
  )
  const idOf = (number: string) => ids.find((one) => one.number === number)!.id
  const changing = { actor: key, organizationId, trackingId: idOf('640000000000'), patch: { courier: 'GDEX' } }
  await changeTracking(old.deps, changing)
  await register('640000000001', { orderNumber: 'X1' })
  await removeTracking(old.deps, { actor: key, organizationId, trackingId: idOf('640000000002') })
  const renamed = { trackingId: idOf('640000000009'), patch: { order: 'N1', orderNumber: 'N2' } }
  await changeTracking(old.deps, { actor: key, organizationId, ...renamed })
  expect(await old.undo(run)).toMatchObject({ parcels: 0, keptParcels: 2, orders: 0, keptOrders: 1 })
  expect(await world.query('select tracking_number from tracking_cache')).toHaveLength(3)
})

test('a run that is cut off goes on behind its last batch, and no other process goes on beside it', async () => {
  await fill(many(1_200))
  const cut = new AbortController()
  const cutting = { signal: cut.signal, onProgress: () => cut.abort(new Error('cut off')) }
  await expect(old.run(whole, cutting)).rejects.toThrow('cut off')
  expect(await world.query('select from tracking_cache')).toHaveLength(500)
  const results = await Promise.allSettled([old.run(whole), old.run(whole)])
  expect(results.some(({ status }) => status === 'fulfilled')).toBe(true)
  for (const result of results)
    if (result.status === 'rejected') expect(String(result.reason)).toContain('is continued by another process')
  expect(await world.query('select from tracking_cache')).toHaveLength(1_200)
  const runs = await world.query<{ rows: number; batches: number }>(
    `select (report->>'rows')::int as rows, batches from migration_runs order by id`,
  )
  expect(runs[0]).toEqual({ rows: 1_200, batches: 3 })
})

test('one batch is taken back alone, and a run that is cut off is over by that', async () => {
  await fill(many(1_200))
  const { run } = await old.run(whole)
  expect(await old.undo(run, { batch: 2 })).toMatchObject({ batches: 1, parcels: 500 })
  await expect(old.undo(run, { batch: 2 })).rejects.toThrow('was taken back already')
  expect((await old.run(whole)).report).toMatchObject({ created: 500, here: 700 })
  expect(await old.undo(run)).toMatchObject({ batches: 2, parcels: 700 })
})

test('what is older than the log of changes is not taken back, for no one knows any more who worked with it', async () => {
  await fill(many(1))
  const { run } = await old.run(whole)
  await expect(old.undo(run, { logsMs: -1 })).rejects.toThrow('RETENTION_LOGS')
  await expect(old.undo('999')).rejects.toThrow('no such run')
})

test.each([
  [
    'a key that is not unique',
    `insert into parcels (id, awb) values (1, '640000000001'), (1, '640000000002')`,
    'the same value in several rows',
  ],
  ['a row without a key', `insert into parcels (id, awb) values (null, '640000000001')`, '1 rows have no id'],
])('%s is told before anything goes wrong', async (_, rows, sentence) => {
  await old.query(rows)
  await expect(old.preview(whole)).rejects.toThrow(sentence)
  expect(await world.query('select from tracking_cache')).toEqual([])
})

test('nothing can be written to the old database', async () => {
  await old.query(`create or replace function meddle() returns int language sql as 'delete from parcels returning 1'`)
  await fill(many(1))
  const meddling = (query: string) =>
    readMapping(
      JSON.stringify({ name: 'x', source: { postgres: { query, key: 'id' } }, fields: { trackingNumber: 'awb' } }),
    )
  for (const query of [
    'select meddle(), * from parcels',
    'delete from parcels returning *',
    'select * from parcels) as a; delete from parcels; select * from (select * from parcels',
  ])
    await expect(old.preview(meddling(query))).rejects.toThrow('The source cannot be read')
  expect((await old.query('select from parcels')).rowCount).toBe(1)
})
