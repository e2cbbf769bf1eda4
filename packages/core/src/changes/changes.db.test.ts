import { changeKinds, type Tx } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { prepareInstallation } from '../installing/index.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/check-world.ts'
import { type Actor, readChanges, recordChanges, systemActor } from './index.ts'

let world: CheckWorld
let organizationId: string
const [awb = ''] = trackingNumbers(1)
let id: string
beforeAll(async () => {
  world = await createCheckWorld()
  organizationId = world.installation.organizationId
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.query('truncate tracking_cache, tracking_orders, tracking_schedule, tracking_update_logs cascade')
  id = (await world.register([awb])).get(awb)!
})

const enter = (tx: Tx, detail: string, actor: Actor = systemActor) =>
  recordChanges(tx, {
    ...{ actor, now: world.clock.now() },
    changes: [
      { parcel: { id, organizationId, trackingNumber: awb }, write: null, entries: [{ kind: 'shop_changed', detail }] },
    ],
  })
const read = async (after?: string, limit = 100) =>
  (await readChanges(world.db, { organizationId, limit, ...(after && { after }) }))!
/** The changes after a cursor, once every transaction that began before on this server has ended: other databases count. */
const readSettled = async (after?: string, limit?: number) => {
  const [{ last } = { last: '' }] = await world.query<{ last: string }>('select pg_current_xact_id()::text as last')
  const isOver = () =>
    world.query('select pg_snapshot_xmin(pg_current_snapshot())::text::bigint > $1::bigint as is', [last])
  await expect.poll(isOver, { timeout: 60_000 }).toEqual([{ is: true }])
  return read(after, limit)
}
const told = (page: Awaited<ReturnType<typeof read>>) => page.changes.map(({ detail }) => detail)

test('an entry says what happened to which parcel, by whom and in what order', async () => {
  await world.db.transaction((tx) => enter(tx, 'courier', { kind: 'key', id: '12' }))
  await world.db.transaction((tx) => enter(tx, 'contact', { kind: 'customer', by: 'link' }))
  const { changes } = await readSettled()
  expect(changes).toMatchObject([
    { kind: 'shop_changed', detail: 'courier', by: 'key:12', trackingId: id, trackingNumber: awb },
    { kind: 'shop_changed', detail: 'contact', by: 'customer:link' },
  ])
})

test('a reader that goes on from its cursor meets each change once, however small its pages', async () => {
  for (const detail of ['a', 'b', 'c', 'd', 'e']) await world.db.transaction((tx) => enter(tx, detail))
  const first = await readSettled(undefined, 2)
  const second = await read(first.next, 2)
  const third = await read(second.next, 2)
  expect([first, second, third].map(told)).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  expect(await read(third.next)).toEqual({ changes: [], next: third.next })
})

test('a change that began earlier and commits later is not skipped: the later one waits for it', async () => {
  await world.db.transaction((tx) => enter(tx, 'before'))
  let seen = await readSettled()
  expect(told(seen)).toEqual(['before'])
  await world.db.transaction(async (slow) => {
    await enter(slow, 'slow')
    await world.db.transaction((tx) => enter(tx, 'quick'))
    seen = await read(seen.next)
    expect(told(seen)).toEqual([])
  })
  seen = await readSettled(seen.next)
  expect(told(seen)).toEqual(['slow', 'quick'])
})

test('readers beside many writers meet every change that was committed, once and in one order', async () => {
  const writers = 8
  const each = 15
  const write = async (writer: number) => {
    for (let turn = 0; turn < each; turn++)
      await world.db.transaction(async (tx) => {
        await enter(tx, `${writer}-${turn}`)
        // Others commit in between.
        await tx.query('select from generate_series(1, $1)', [1 + ((writer * 7 + turn * 13) % 5) * 20_000])
        if ((writer + turn) % 7 === 0) await enter(tx, `${writer}-${turn} again`)
      })
  }
  let isDone = false
  const follow = async () => {
    const met: (string | null)[] = []
    for (let after = '0-0-0'; ; ) {
      const wasDone = isDone
      const page = await (wasDone ? readSettled : read)(after, 3)
      met.push(...told(page))
      after = page.next
      if (wasDone && page.changes.length === 0) return met
    }
  }
  const readers = [follow(), follow()]
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
  isDone = true
  const [one, other] = await Promise.all(readers)
  const written = await world.query<{ detail: string }>('select detail from tracking_update_logs')
  expect(new Set(one).size).toBe(one!.length)
  expect(one!.toSorted()).toEqual(written.map(({ detail }) => detail).toSorted())
  expect(other).toEqual(one)
})

test('a shop reads its own changes only, and what is no cursor is refused', async () => {
  await world.db.transaction((tx) => enter(tx, 'mine'))
  expect(await readChanges(world.db, { organizationId: '999', limit: 10 })).toEqual({ changes: [], next: '0-0-0' })
  for (const after of ['', 'x', '1', '1-2', '-1-2', '0-1-2-3', 'shop-1-2', '0-99999999999999999999-1'])
    expect(await readChanges(world.db, { organizationId, after, limit: 10 })).toBeNull()
})

test('in a dump that was restored on another server no change is lost, and readers begin again', async () => {
  await world.db.transaction((tx) => enter(tx, 'old'))
  await world.query('update tracking_update_logs set xact = xact + 1000000')
  const [{ cursor } = { cursor: '' }] = await world.query<{ cursor: string }>(
    `select feed || '-' || xact || '-' || l.id as cursor from installation, tracking_update_logs l`,
  )
  await prepareInstallation(world.db, world.config)
  await world.db.transaction((tx) => enter(tx, 'new'))
  expect(told(await readSettled(cursor))).toEqual(['old', 'new'])
})

test('where transactions are counted again from an earlier number, a reader that had come further begins again', async () => {
  await world.db.transaction((tx) => enter(tx, 'before'))
  const { next: ofThatFeed } = await readSettled()
  await world.query('update tracking_update_logs set xact = xact + 1000000')
  await prepareInstallation(world.db, world.config)
  await world.db.transaction((tx) => enter(tx, 'after'))
  const { next } = await readSettled()
  // The place of the newest entry, as a reader of the feed before would have it once the count has passed it.
  const place = next.replace(/^[^-]+/, ofThatFeed.split('-')[0]!)
  expect(told(await read(place))).toEqual(['before', 'after'])
  expect(told(await read(next))).toEqual([])
})

test('after a failover the operator gives the feed another name, and every reader begins again', async () => {
  await world.db.transaction((tx) => enter(tx, 'kept'))
  const { next } = await readSettled()
  expect(told(await read(next))).toEqual([])
  await world.query('update installation set feed = default')
  expect(told(await read(next))).toEqual(['kept'])
})

test('the database knows the same kinds of change, and completes what the release before writes', async () => {
  const [check] = await world.query<{ text: string }>(
    `select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'tracking_update_logs_kind_check'`,
  )
  expect([...check!.text.matchAll(/'(\w+)'/g)].map(([, kind]) => kind).toSorted()).toEqual(changeKinds.toSorted())
  await world.query(
    `insert into tracking_update_logs (tracking_id, at, kind, triggered_by, call_id, previous_status, new_status, events_added, error)
     select * from unnest($1::bigint[], $2::timestamptz[], $3::update_kind[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::smallint[], $9::text[])`,
    [[id], [world.clock.now()], ['retry'], ['worker'], [null], [null], [null], [0], ['not_found']],
  )
  expect((await readSettled()).changes).toMatchObject([
    { kind: 'check_failed', detail: 'not_found', trackingNumber: awb },
  ])
})
