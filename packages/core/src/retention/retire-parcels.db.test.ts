import { findBrokenRules } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { workerActor as actor } from '../actor.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/check-world.ts'
import { archiveEnded, deleteEnded } from './retire-parcels.ts'

const day = 86_400_000
const limit = 1000

let world: CheckWorld
let now: Date
beforeAll(async () => {
  world = await createCheckWorld()
  now = world.clock.now()
})
afterAll(() => world.close())
beforeEach(() =>
  world.query('truncate tracking_cache, tracking_orders, tracking_schedule, tracking_update_logs cascade'),
)

const daysAgo = (days: number) => new Date(now.getTime() - days * day)
const register = async (place: number) => [...(await world.register(trackingNumbers(1, place))).values()][0]!

/** A parcel that was delivered so many days ago. */
const delivered = async (days: number) => {
  const id = await register(days)
  await world.query(`update tracking_cache set status = 'delivered', ended_at = $2 where id = $1`, [id, daysAgo(days)])
  await world.query('update tracking_schedule set next_update_due = null where tracking_id = $1', [id])
  return id
}
const ids = async (text: string) => (await world.query<{ id: string }>(text)).map(({ id }) => id)
const archive = (days: number, { at = now, most = limit } = {}) =>
  archiveEnded({ db: world.db }, { actor, now: at, olderThan: daysAgo(days), limit: most })

test('a parcel that ended long ago is archived: no one checks it, and its number may be registered again', async () => {
  const old = await delivered(91)
  const recent = await delivered(89)
  const living = await register(5000)
  expect(await archive(90)).toBe(1)
  expect(await ids('select id from tracking_cache where archived_at is not null')).toEqual([old])
  expect(await ids('select tracking_id as id from tracking_schedule order by 1')).toEqual([recent, living])
  expect(await register(91)).not.toBe(old)
  expect(await register(89)).toBe(recent)
  expect(await findBrokenRules(world.db.sql, now)).toEqual([])
})

test('archiving goes the oldest first, at most so many at a time, and leaves alone what someone is writing to', async () => {
  const [oldest, older] = [await delivered(120), await delivered(110), await delivered(100)]
  await world.db.transaction(async (tx) => {
    await tx.query('select from tracking_cache where id = $1 for update', [oldest])
    expect(await archive(90, { most: 1 })).toBe(1)
  })
  expect(await ids('select id from tracking_cache where archived_at is not null')).toEqual([older])
  expect(await archive(90)).toBe(2)
  expect(await ids('select id from tracking_cache where archived_at is null')).toEqual([])
})

test('an ended parcel that a call has is archived once the call lets go of it', async () => {
  const id = await delivered(100)
  const letsGoAt = new Date(now.getTime() + 50_000)
  await world.query('update tracking_schedule set call_id = 7, next_update_due = $2 where tracking_id = $1', [
    id,
    letsGoAt,
  ])
  expect(await archive(90)).toBe(0)
  expect(await archive(90, { at: letsGoAt })).toBe(1)
})

test('an archived parcel is deleted a year after its end, and the log still tells of it; one that is not archived never is', async () => {
  const archived = await delivered(400)
  await archive(390)
  const kept = await delivered(380)
  expect(await deleteEnded({ db: world.db }, { actor, now, olderThan: daysAgo(365), limit })).toBe(1)
  expect(await ids('select id from tracking_cache')).toEqual([kept])
  const entry = { id: archived, number: trackingNumbers(1, 400)[0], by: 'worker' }
  const log = await world.query(
    'select tracking_id as id, tracking_number as number, triggered_by as by, kind from tracking_update_logs order by id',
  )
  expect(log).toEqual([
    { ...entry, kind: 'archived' },
    { ...entry, kind: 'deleted' },
  ])
})
