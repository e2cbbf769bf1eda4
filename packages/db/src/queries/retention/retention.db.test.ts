import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestShop, numbers, type TestShops } from '../../testing/create-test-shop.ts'
import { findBrokenRules } from '../schedule/consistency.ts'
import {
  archiveEnded,
  deleteEnded,
  deleteOldCalls,
  deleteOldLogs,
  deleteOldReports,
  deleteOldUnreadValues,
} from './retention.ts'

const day = 86_400_000
const now = new Date('2026-11-17T02:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * day)
const limit = 1000

let shop: TestShops
beforeAll(async () => {
  shop = await createTestShop()
})
afterAll(() => shop.close())
beforeEach(() =>
  shop.query(
    'truncate tracking_cache, tracking_orders, tracking_schedule, tracking_update_logs, api_calls, daily_reports, unread_values',
  ),
)

/** A parcel that was delivered so many days ago. */
const delivered = async (days: number, place = days) => {
  const [id] = await shop.register(numbers(1, place), daysAgo(days + 5))
  await shop.query(`update tracking_cache set status = 'delivered', ended_at = $2 where id = $1`, [id, daysAgo(days)])
  await shop.reschedule([id!], 'next_update_due = null')
  await shop.query(
    `insert into tracking_update_logs (tracking_id, at, kind, triggered_by) values ($1, $2, 'scheduled', 'worker')`,
    [id, daysAgo(days)],
  )
  return id!
}
const ids = async (text: string) => (await shop.query<{ id: string }>(text)).map(({ id }) => id)

test('a parcel that ended long ago is archived: nobody checks it, and its number may be registered anew', async () => {
  const old = await delivered(91)
  const recent = await delivered(89)
  const [living] = await shop.register(numbers(1, 5000), daysAgo(200))
  expect(await archiveEnded(shop.db.sql, { olderThan: daysAgo(90), now, limit })).toBe(1)
  expect(await ids('select id from tracking_cache where archived_at is not null')).toEqual([old])
  expect(await ids('select tracking_id as id from tracking_schedule order by 1')).toEqual([recent, living])
  const [anew] = await shop.register(numbers(1, 91), now)
  expect(anew).not.toBe(old)
  expect(await shop.register(numbers(1, 89), now)).toEqual([recent])
  expect(await findBrokenRules(shop.db.sql, now)).toEqual([])
})

test('archiving goes the oldest first, at most so many at a time, and leaves alone what somebody is writing to', async () => {
  const [oldest, older, old] = [await delivered(120), await delivered(110), await delivered(100)]
  await shop.db.transaction(async (tx) => {
    await tx.query('select from tracking_cache where id = $1 for update', [oldest])
    expect(await archiveEnded(shop.db.sql, { olderThan: daysAgo(90), now, limit: 1 })).toBe(1)
  })
  expect(await ids('select id from tracking_cache where archived_at is not null')).toEqual([older])
  expect(await archiveEnded(shop.db.sql, { olderThan: daysAgo(90), now, limit })).toBe(2)
  expect(await ids('select id from tracking_cache where archived_at is null')).toEqual([])
  expect(old).toBeDefined()
})

test('an ended parcel that a call has is archived once the call lets go of it', async () => {
  const id = await delivered(100)
  await shop.reschedule([id], `call_id = 7, next_update_due = $2`, [new Date(now.getTime() + 50_000)])
  const archive = (at: Date) => archiveEnded(shop.db.sql, { olderThan: daysAgo(90), now: at, limit })
  expect(await archive(now)).toBe(0)
  expect(await archive(new Date(now.getTime() + 50_000))).toBe(1)
})

test('an archived parcel is deleted a year after its end, with its logs; one that is not archived never is', async () => {
  const archived = await delivered(400)
  await archiveEnded(shop.db.sql, { olderThan: daysAgo(390), now, limit })
  const kept = await delivered(380)
  expect(await deleteEnded(shop.db.sql, { olderThan: daysAgo(365), limit })).toBe(1)
  expect(await ids('select id from tracking_cache')).toEqual([kept])
  expect(await ids('select tracking_id as id from tracking_update_logs')).toEqual([kept])
  expect(archived).not.toBe(kept)
})

test('logs go after their time, the oldest first', async () => {
  for (const days of [50, 40, 20]) await delivered(days)
  expect(await deleteOldLogs(shop.db.sql, { olderThan: daysAgo(30), limit: 1 })).toBe(1)
  expect(await shop.query('select at from tracking_update_logs order by at')).toEqual([
    { at: daysAgo(40) },
    { at: daysAgo(20) },
  ])
  expect(await deleteOldLogs(shop.db.sql, { olderThan: daysAgo(30), limit })).toBe(1)
})

const aCall = (days: number, closed: boolean) =>
  shop.query(
    `insert into api_calls (connection_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, closed_at, outcome)
     values ($1, $2::timestamptz::date, false, 0, $2::timestamptz, $2::timestamptz, 1, case when $3 then $2::timestamptz end, case when $3 then 'ok' end)`,
    [shop.connectionId, daysAgo(days), closed],
  )

test('old calls go, but neither open ones nor those that the day counter still counts', async () => {
  await aCall(100, true)
  await aCall(99, false)
  await aCall(95, true)
  await shop.query('update connections set budget_day = $2::timestamptz::date, calls_used = 1 where id = $1', [
    shop.connectionId,
    daysAgo(95),
  ])
  expect(await deleteOldCalls(shop.db.sql, { olderThan: daysAgo(90), limit })).toBe(1)
  expect(await shop.query('select opened_at as at from api_calls order by at')).toEqual([
    { at: daysAgo(99) },
    { at: daysAgo(95) },
  ])
  expect(await findBrokenRules(shop.db.sql, now)).toEqual([])
})

test('reports of old days and unread values that came no more go too', async () => {
  for (const days of [400, 10]) {
    await shop.query(
      `insert into daily_reports (connection_id, day, calls, calls_manual, calls_failed, numbers_asked, numbers_found, trackings_changed, trackings_by_status)
       values ($1, $2::timestamptz::date, 1, 0, 0, 1, 1, 1, '{}')`,
      [shop.connectionId, daysAgo(days)],
    )
    await shop.query(
      `insert into unread_values (connection_id, kind, value, first_seen_at, last_seen_at) values ($1, 'code', $2, $3, $4)`,
      [shop.connectionId, String(days), daysAgo(500), daysAgo(days)],
    )
  }
  expect(await deleteOldReports(shop.db.sql, { olderThan: daysAgo(365) })).toBe(1)
  expect(await deleteOldUnreadValues(shop.db.sql, { olderThan: daysAgo(30) })).toBe(1)
  expect(await shop.query('select value from unread_values')).toEqual([{ value: '10' }])
})
