import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestShop, numbers, type TestShops } from '../../testing/create-test-shop.ts'
import { claimTrackings } from './claim.ts'
import { requestRefresh } from './manual-refresh.ts'

const now = new Date('2026-11-17T02:00:00Z')
const minutes = (amount: number) => new Date(now.getTime() + amount * 60_000)
let shop: TestShops
let id: string
beforeAll(async () => {
  shop = await createTestShop()
})
afterAll(() => shop.close())
beforeEach(async () => {
  await shop.query('truncate tracking_cache, tracking_orders, tracking_schedule, tracking_update_logs cascade')
  id = (await shop.register(numbers(1), minutes(-60)))[0]!
})

const refresh = (organizationId = shop.organizationId) =>
  requestRefresh(shop.db.ofShop(organizationId).sql, { trackingId: id, now })
const schedule = () =>
  shop.query(
    'select next_update_due as due, update_priority as class, call_id as call, batch_limit as "batchLimit" from tracking_schedule',
  )

test('a parcel that someone asks for is due now, before all others; a suspect still flies alone', async () => {
  await shop.reschedule([id], 'next_update_due = $2, batch_limit = 1, strikes = 4, update_priority = 130', [
    minutes(90),
  ])
  expect(await refresh()).toMatchObject({ trackingId: id, connectionId: shop.connectionId, inFlight: false })
  expect(await schedule()).toEqual([{ due: now, class: 50, call: null, batchLimit: 1 }])
})

test('a parcel that is being asked about is left to its call; one whose call died is not', async () => {
  await shop.reschedule([id], 'call_id = 4, next_update_due = $2', [minutes(1)])
  expect(await refresh()).toMatchObject({ inFlight: true })
  expect(await schedule()).toMatchObject([{ due: minutes(1), class: 70, call: '4' }])
  await shop.reschedule([id], 'next_update_due = $2', [minutes(-1)])
  expect(await refresh()).toMatchObject({ inFlight: false })
})

test('who asks while a worker is claiming the parcel waits for it, and learns that it is in flight', async () => {
  let asked: ReturnType<typeof refresh> | undefined
  await shop.db.transaction(async (tx) => {
    await claimTrackings(tx, {
      connectionId: shop.connectionId,
      callId: '9',
      now,
      leaseUntil: minutes(1),
      passes: [
        { kind: 'due', priority: 70, seats: 5 },
        { kind: 'fill', priority: 100, seats: 5 },
      ],
      fillCheckedBefore: minutes(-15),
      scanFrom: new Map(),
      inFlightElsewhere: 0,
    })
    asked = refresh()
    const waiting = async () =>
      (await shop.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
        .length
    while ((await waiting()) === 0);
  })
  expect(await asked).toMatchObject({ inFlight: true })
  expect(await schedule()).toMatchObject([{ call: '9' }])
})

test('no shop can ask for a parcel of another, and no one for one that is archived', async () => {
  const other = await shop.addShop('other')
  expect(await refresh(other.organizationId)).toBeUndefined()
  await shop.query(`update tracking_cache set status = 'cancelled', ended_at = $1, archived_at = $1`, [now])
  expect(await refresh()).toBeUndefined()
})
