import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestShop, numbers, type TestShops } from '../../testing/create-test-shop.ts'
import { saveJobFailure } from '../calls/job-failures.ts'
import { consistencyQueries, findBrokenRules } from './consistency.ts'

const now = new Date('2026-11-17T02:00:00Z')
let shop: TestShops
let ids: string[]
beforeAll(async () => {
  shop = await createTestShop()
})
afterAll(() => shop.close())
beforeEach(async () => {
  await shop.query(
    'truncate tracking_cache, tracking_orders, tracking_schedule, tracking_update_logs, api_calls, call_parcels, job_failures restart identity cascade',
  )
  await shop.query('update connections set budget_day = null, calls_used = 0')
  ids = await shop.register(numbers(3), now)
})

const anOpenCall = `insert into api_calls (connection_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size)
                    select id, '2026-11-17', false, 0, '2026-11-17T01:59:00Z', '2026-11-17T02:01:00Z', 1 from connections where id = $1`
const end = (status: string) =>
  shop.query(`update tracking_cache set status = $2, ended_at = $3 where id = $1`, [ids[0], status, now])

/** One way to break each rule; the key is the rule. */
const sabotage: Record<keyof typeof consistencyQueries, () => Promise<unknown>> = {
  'the day counter of a connection equals its logged calls': async () => {
    await shop.query(anOpenCall, [shop.connectionId])
    await shop.query(`update connections set budget_day = '2026-11-17', calls_used = 2 where id = $1`, [
      shop.connectionId,
    ])
  },
  'an ended parcel is due for nothing but its confirmation, unless someone asks': async () => {
    await end('delivered')
    await shop.reschedule(ids.slice(0, 1), 'update_priority = 100')
  },
  'a living parcel always has a next check': () => shop.reschedule(ids.slice(0, 1), 'next_update_due = null'),
  'a parcel in flight is in a call that is still open': async () => {
    await shop.query(anOpenCall, [shop.connectionId])
    await shop.query(`update api_calls set closed_at = $1, outcome = 'cut_off'`, [now])
    await shop.query(`update connections set budget_day = '2026-11-17', calls_used = 1 where id = $1`, [
      shop.connectionId,
    ])
    await shop.reschedule(ids.slice(0, 1), `call_id = 1, next_update_due = '2026-11-17T02:01:00Z'`)
  },
  'parcel and schedule belong to the same connection': async () => {
    const [other] = await shop.query<{ id: string }>(
      `insert into connections (organization_id, api) values ($1, 'classic') returning id`,
      [shop.organizationId],
    )
    await shop.reschedule(ids.slice(0, 1), 'connection_id = $2', [other!.id])
  },
  'the counts of parcels are those of the parcels': () =>
    shop.query(
      `insert into tracking_count_changes (organization_id, connection_id, status, attention, amount) values ($1, $2, 'lapsed', '', 1)`,
      [shop.organizationId, shop.connectionId],
    ),
  'no job of the queue keeps failing': () =>
    saveJobFailure(shop.db.sql, { queue: 'clean-up', connectionId: null, at: now, message: 'a step failed' }),
}

test('a healthy database breaks no rule', async () => {
  await shop.query(anOpenCall, [shop.connectionId])
  await shop.query(`update connections set budget_day = '2026-11-17', calls_used = 1 where id = $1`, [
    shop.connectionId,
  ])
  await shop.reschedule(ids.slice(0, 1), `call_id = 1, next_update_due = '2026-11-17T02:01:00Z'`)
  expect(await findBrokenRules(shop.db.sql, now)).toEqual([])
})

test.each(Object.keys(consistencyQueries) as (keyof typeof consistencyQueries)[])(
  'the rule "%s" is seen to be broken, and no other is',
  async (rule) => {
    await sabotage[rule]()
    const broken = await findBrokenRules(shop.db.sql, now)
    expect(broken.map((one) => one.rule)).toEqual([rule])
    expect(broken[0]!.examples).toHaveLength(1)
  },
)

test.each([
  ['delivered', 110, 'its confirmation'],
  ['returned', 110, 'its confirmation'],
  ['cancelled', 110, 'its confirmation'],
  ['cancelled', 50, 'a check that someone asked for'],
  ['lapsed', 75, 'such a check that failed'],
])('a parcel that is %s may be due in class %i, for %s', async (status, priority) => {
  await end(status)
  await shop.reschedule(ids.slice(0, 1), 'update_priority = $2', [priority])
  expect(await findBrokenRules(shop.db.sql, now)).toEqual([])
})

test('a parcel that lapsed has no confirmation to wait for', async () => {
  await end('lapsed')
  await shop.reschedule(ids.slice(0, 1), 'update_priority = 110')
  expect(await findBrokenRules(shop.db.sql, now)).toHaveLength(1)
})

test('ten examples are enough to see what is wrong', async () => {
  const many = await shop.register(numbers(30, 100), now)
  await shop.reschedule(many, 'next_update_due = null')
  const [broken] = await findBrokenRules(shop.db.sql, now)
  expect(broken!.examples).toHaveLength(10)
})
