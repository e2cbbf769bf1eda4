import { findBrokenRules, findReading } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../../testing/check-world.ts'
import { previewReRead, reRead } from './record-re-read.ts'

let world: CheckWorld
beforeAll(async () => {
  world = await createCheckWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.query('delete from tracking_cache')
  await world.query('delete from tracking_update_logs')
  await world.query('update installation set read_with = null, re_reading_with = null, re_read_after = 0')
})

const never = new AbortController().signal
const hour = 3_600_000
const ago = (hours: number) => new Date(world.clock.now().getTime() - hours * hour).toISOString()

/** A scan as the release before stored it: with the status that it read. */
const oldScan = (status: string, code: number, text: string, hoursAgo = 5) => ({
  ...{ at: ago(hoursAgo), rawAt: ago(hoursAgo), zoneGuessed: false, code, text, location: null },
  ...{ status, substatus: null },
})
const wronglyDelivered = () => oldScan('delivered', 5, 'Delivery attempt failed')

const store = async (id: string, status: string, scans: object[], isEnd: boolean) => {
  await world.query(
    `update tracking_cache set status = $2, events = $3, confirmed_at = registered_at, ended_at = $4, delivered_at = $4 where id = $1`,
    [id, status, JSON.stringify(scans), isEnd ? ago(5) : null],
  )
  if (isEnd) await world.query('update tracking_schedule set next_update_due = null where tracking_id = $1', [id])
}
const parcels = async (amount: number) => [...(await world.register(trackingNumbers(amount))).values()]

type Row = Record<'status' | 'reason' | 'document' | 'archived' | 'ended' | 'due' | 'priority' | 'changed', unknown>
const rowOf = async (id: string) =>
  (
    await world.query<Row>(
      `select t.status, t.attention_reason as reason, t.document, t.archived_at is not null as archived, t.ended_at as ended,
              s.next_update_due as due, s.update_priority as priority, t.changed_at as changed
         from tracking_cache t left join tracking_schedule s on s.tracking_id = t.id where t.id = $1`,
      [id],
    )
  )[0]!

test('a corrected rule reaches a stored parcel: a false end is undone, asked about again, and logged as read again', async () => {
  const [id] = await parcels(1)
  await store(id!, 'delivered', [wronglyDelivered()], true)
  expect(await reRead(world.process(), never)).toMatchObject({
    parcels: 1,
    statuses: 1,
    moves: { 'delivered → attempt_failed': 1 },
    examples: [
      {
        trackingNumber: trackingNumbers(1)[0],
        differs: ['status delivered → attempt_failed', 'attention none → kept_alive_against_code', 'document'],
      },
    ],
  })
  const row = await rowOf(id!)
  expect(row).toMatchObject({ status: 'attempt_failed', ended: null, reason: 'kept_alive_against_code', priority: 70 })
  expect(row.due).not.toBeNull()
  expect(row.document).toContain('"status":"attempt_failed"')
  expect(
    await world.query(
      'select kind, triggered_by as by, previous_status as was, new_status as now, detail from tracking_update_logs order by id',
    ),
  ).toEqual([
    { kind: 're_read', by: 'worker', was: 'delivered', now: 'attempt_failed', detail: null },
    { kind: 'attention_raised', by: 'worker', was: null, now: null, detail: 'kept_alive_against_code' },
  ])
  expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
  expect(await reRead(world.process(), never)).toBeNull()
})

test('a parcel that turns out ended is due for its confirmation only', async () => {
  const [id] = await parcels(1)
  await store(id!, 'on_hold', [oldScan('on_hold', 8, 'Shipment cancelled by customer')], false)
  await reRead(world.process(), never)
  expect(await rowOf(id!)).toMatchObject({ status: 'cancelled', priority: 110 })
  expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
})

test('a document of another shape is rendered again, those of ended and archived parcels too', async () => {
  const ids = await parcels(3)
  const [, ended, archived] = ids
  for (const id of [ended!, archived!]) await store(id, 'delivered', [oldScan('delivered', 5, 'Delivered')], true)
  await world.query('update tracking_cache set archived_at = $1 where id = $2', [world.clock.now(), archived])
  await reRead(world.process(), never)
  const documents = () => world.query('select document, document_version from tracking_cache order by id')
  const right = await documents()
  await world.query(`update tracking_cache set document = '{"shape":"old"', document_version = 'old'`)
  await world.query('update installation set read_with = null')
  expect(await reRead(world.process(), never)).toMatchObject({ parcels: 3, documents: 3, statuses: 0 })
  expect(await documents()).toEqual(right)
})

test('no pass makes an archived parcel live', async () => {
  const [id] = await parcels(1)
  await store(id!, 'delivered', [wronglyDelivered()], true)
  await world.query('update tracking_cache set archived_at = $1', [world.clock.now()])
  await world.query('delete from tracking_schedule')
  const before = await rowOf(id!)
  await reRead(world.process(), never)
  expect(await rowOf(id!)).toEqual(before)
})

test('a preview counts what a pass would change, and changes nothing; what is right stays untouched', async () => {
  const [wrong, right] = await parcels(2)
  await store(wrong!, 'delivered', [wronglyDelivered()], true)
  await store(right!, 'in_transit', [oldScan('in_transit', 4, 'Arrived at hub')], false)
  await reRead(world.process(), never)
  await world.query('update installation set read_with = null')
  await store(wrong!, 'delivered', [wronglyDelivered()], true)
  const [before, other] = [await rowOf(wrong!), await rowOf(right!)]
  const preview = await previewReRead(world.process(), never)
  expect(preview).toMatchObject({ parcels: 1, statuses: 1 })
  expect(await rowOf(wrong!)).toEqual(before)
  world.clock.advance(hour)
  expect(await reRead(world.process(), never)).toEqual(preview)
  expect(await rowOf(right!)).toEqual(other)
})

test('a pass that is cut off continues where it was', async () => {
  const ids = await parcels(450)
  for (const id of ids) await store(id, 'delivered', [wronglyDelivered()], true)
  const stopping = new AbortController()
  const deps = world.process()
  const clock: typeof deps.clock = (sql) => {
    stopping.abort()
    return deps.clock(sql)
  }
  expect(await reRead({ ...deps, clock }, stopping.signal)).toMatchObject({ parcels: 200 })
  expect((await findReading(world.db.sql))?.reReadAfter).not.toBe('0')
  expect(await reRead(deps, never)).toMatchObject({ parcels: 250 })
  const left = await world.query(`select from tracking_cache where status <> 'attempt_failed'`)
  expect(left).toHaveLength(0)
})
