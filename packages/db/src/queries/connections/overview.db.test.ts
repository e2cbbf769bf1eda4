import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestShop, numbers, type TestShops } from '../../testing/create-test-shop.ts'
import { findOverview, listConnections, saveDailyReports } from './overview.ts'

const now = new Date('2026-11-17T02:00:00Z')
const day = '2026-11-17'
let shop: TestShops
beforeAll(async () => {
  shop = await createTestShop()
  const ids = await shop.register(numbers(5), now)
  await shop.query(`update tracking_cache set status = 'in_transit' where id = any ($1)`, [ids.slice(0, 2)])
  await shop.query(`update tracking_cache set status = 'cancelled', ended_at = $2, archived_at = $2 where id = $1`, [
    ids[4],
    now,
  ])
  await shop.query(`update tracking_cache set requires_attention = true, attention_reason = 'lost' where id = $1`, [
    ids[0],
  ])
  await shop.reschedule(ids.slice(1, 2), `call_id = 3, next_update_due = next_update_due + interval '1 minute'`)
  await shop.reschedule(ids.slice(4), 'next_update_due = null')
})
afterAll(() => shop.close())

type Call = {
  outcome: string | null
  ms?: number
  asked?: number
  found?: number
  changed?: number
  manual?: boolean
  day?: string
}
const aCall = ({ outcome, ms, asked = 10, found, changed, manual = false, day = '2026-11-17' }: Call) =>
  shop.query(
    `insert into api_calls (connection_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, closed_at, outcome, duration_ms, found, changed)
     values ($1, $2, $3, 0, $4, $4, $5, case when $6::text is not null then $4::timestamptz end, $6, $7, $8, $9)`,
    [shop.connectionId, day, manual, now, asked, outcome, ms ?? null, found ?? null, changed ?? null],
  )

test('the report of a day counts its calls, failures, numbers and changes, and only those of that day', async () => {
  await aCall({ outcome: 'ok', ms: 100, found: 9, changed: 4 })
  await aCall({ outcome: 'ok', ms: 300, found: 10, changed: 1, manual: true })
  await aCall({ outcome: 'timeout', ms: 10_000, found: 0, changed: 0 })
  await aCall({ outcome: null })
  await aCall({ outcome: 'ok', ms: 1, found: 1, changed: 1, day: '2026-11-16' })
  expect(await saveDailyReports(shop.db.sql, { day: '2026-11-17', missed: [] })).toBe(1)
  const report = {
    organization_id: shop.organizationId,
    connection_id: shop.connectionId,
    day: '2026-11-17',
    calls: 4,
    calls_manual: 1,
    calls_failed: 2,
    numbers_asked: 40,
    numbers_found: 19,
    trackings_changed: 5,
    median_duration_ms: 300,
    trackings_by_status: { pending: 2, in_transit: 2 },
  }
  expect(await shop.query('select * from daily_reports')).toEqual([report])
  await aCall({ outcome: 'ok', ms: 300, found: 10, changed: 0 })
  await saveDailyReports(shop.db.sql, { day: '2026-11-17', missed: [] })
  expect(await shop.query('select * from daily_reports')).toEqual([
    { ...report, calls: 5, numbers_asked: 50, numbers_found: 29 },
  ])
})

test('days whose report no one wrote are made up, without a count by status, and those that were written stay', async () => {
  await aCall({ outcome: 'ok', day: '2026-11-10' })
  await shop.query(`update daily_reports set calls = 77`)
  expect(
    await saveDailyReports(shop.db.sql, { day: '2026-11-18', missed: ['2026-11-17', '2026-11-16', '2026-11-10'] }),
  ).toBe(2)
  expect(
    await shop.query('select day, calls, trackings_by_status as statuses from daily_reports order by day'),
  ).toEqual([
    { day: '2026-11-10', calls: 1, statuses: {} },
    { day: '2026-11-16', calls: 1, statuses: {} },
    { day: '2026-11-17', calls: 77, statuses: { pending: 2, in_transit: 2 } },
  ])
})

test('a day without calls has no report', async () => {
  expect(await saveDailyReports(shop.db.sql, { day: '2026-01-01', missed: [] })).toBe(0)
})

test('the overview tells what is due, in flight and needs attention, without what is archived', async () => {
  await shop.query(
    `insert into api_calls (connection_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size) values ($1, '2026-11-17', false, 1, $2, $3, 7)`,
    [shop.connectionId, now, new Date(now.getTime() + 60_000)],
  )
  for (const which of ['all', shop.organizationId])
    expect(await findOverview(shop.db.sql, { shop: which, now, day })).toMatchObject({
      trackingsByStatus: { pending: 2, in_transit: 2 },
      dueNow: 3,
      inFlight: 7,
      checks: 40,
      calls: 6,
      requiringAttention: 1,
    })
})

test('another shop sees nothing of it, and who names no shop sees nothing at all', async () => {
  const { organizationId, connectionId } = await shop.addShop('other')
  const none = { trackingsByStatus: {}, dueNow: 0, inFlight: 0, requiringAttention: 0, checks: 0, calls: 0 }
  expect(await findOverview(shop.db.sql, { shop: organizationId, now, day })).toEqual(none)
  expect(await listConnections(shop.db.sql, { shop: organizationId })).toMatchObject([{ id: connectionId }])
  const unnamed = undefined as unknown as string
  expect(await findOverview(shop.db.sql, { shop: unnamed, now, day })).toEqual(none)
  expect(await listConnections(shop.db.sql, { shop: unnamed })).toEqual([])
})
