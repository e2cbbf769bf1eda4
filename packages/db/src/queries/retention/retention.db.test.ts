import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestShop, numbers, type TestShops } from '../../testing/create-test-shop.ts'
import { findBrokenRules } from '../schedule/consistency.ts'
import { deleteOld } from './retention.ts'

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
    'truncate tracking_cache, tracking_orders, tracking_schedule, tracking_update_logs, api_calls, call_parcels, daily_reports, unread_values cascade',
  ),
)

/** A parcel that was delivered so many days ago. */
const delivered = async (days: number, place = days) => {
  const [id] = await shop.register(numbers(1, place), daysAgo(days + 5))
  await shop.query(`update tracking_cache set status = 'delivered', ended_at = $2 where id = $1`, [id, daysAgo(days)])
  await shop.reschedule([id!], 'next_update_due = null')
  await enter(id!, days)
  return id!
}
const enter = (id: string, days: number) =>
  shop.query(
    `insert into tracking_update_logs (organization_id, tracking_id, tracking_number, at, kind, triggered_by)
     select organization_id, id, tracking_number, $2, 'events_added', 'worker' from tracking_cache where id = $1`,
    [id, daysAgo(days)],
  )

test('logs go after their time, the oldest first; those of parcels on their way stay', async () => {
  for (const days of [50, 40, 20]) await delivered(days)
  const [living] = await shop.register(numbers(1, 5000), daysAgo(200))
  await enter(living!, 100)
  expect(await deleteOld(shop.db.sql, { rows: 'logs', olderThan: daysAgo(30), limit: 1 })).toBe(1)
  expect(await shop.query('select at from tracking_update_logs order by at')).toEqual([
    { at: daysAgo(100) },
    { at: daysAgo(40) },
    { at: daysAgo(20) },
  ])
  expect(await deleteOld(shop.db.sql, { rows: 'logs', olderThan: daysAgo(30), limit })).toBe(1)
  await shop.query('delete from tracking_cache where id = $1', [living])
  expect(await deleteOld(shop.db.sql, { rows: 'logs', olderThan: daysAgo(30), limit })).toBe(1)
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
  expect(await deleteOld(shop.db.sql, { rows: 'calls', olderThan: daysAgo(90), limit })).toBe(1)
  expect(await shop.query('select opened_at as at from api_calls order by at')).toEqual([
    { at: daysAgo(99) },
    { at: daysAgo(95) },
  ])
  expect(await findBrokenRules(shop.db.sql, now)).toEqual([])
})

test('reports of old days and unread values that no longer come are deleted too', async () => {
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
  expect(await deleteOld(shop.db.sql, { rows: 'reports', olderThan: daysAgo(365), limit })).toBe(1)
  expect(await deleteOld(shop.db.sql, { rows: 'unread', olderThan: daysAgo(30), limit })).toBe(1)
  expect(await shop.query('select value from unread_values')).toEqual([{ value: '10' }])
})
