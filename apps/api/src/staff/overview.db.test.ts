import { overviewView } from '@jejak/contract'
import { createStore } from '@jejak/core/counting'
import { countFreshness } from '@jejak/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld({ LIMIT_PUBLIC_VISITS: '10000' })
})
afterAll(() => world.close())

const ask = (url: string, key = world.shop.key) => world.app.inject({ url, headers: withKey(key) })
const overview = async (key?: string) => {
  const answer = await ask('/v1/admin/overview', key)
  expect(answer.statusCode, answer.body).toBe(200)
  return overviewView.parse(answer.json())
}
const register = async (amount: number, prefix: string) => {
  const items = Array.from({ length: amount }, (_, place) => ({
    trackingNumber: `${prefix}${String(place).padStart(8, '0')}`,
  }))
  for (const payload of items)
    await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(world.shop.key), payload })
  return items.map(({ trackingNumber }) => trackingNumber)
}
const minutes = (amount: number | null) =>
  amount === null ? null : new Date(world.clock.now().getTime() + amount * 60_000)
const insertCall = (minutesAgo: number, outcome: string, ms: number) =>
  world.query(
    `insert into api_calls (connection_id, organization_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, closed_at, outcome, duration_ms)
     values ($1, $2, $3::timestamptz::date, false, 0, $3, $3, 50, $3, $4, $5)`,
    [world.shop.connectionId, world.shop.organizationId, minutes(-minutesAgo), outcome, ms],
  )

test('how fresh the parcels are is counted as readers are told it, parcel by parcel', async () => {
  const kinds = [null, -25 * 60, -23 * 60, -60].flatMap((checked) =>
    [-90, -3, 0, 45].flatMap((due) =>
      [null, 'not_found'].flatMap((failure) =>
        [null, -30].flatMap((woken) => [100, 50].map((priority) => ({ checked, due, failure, woken, priority }))),
      ),
    ),
  )
  const numbers = await register(kinds.length, 'JT')
  for (const [place, { checked, due, failure, woken, priority }] of kinds.entries())
    await world.query(
      `update tracking_schedule set checked_at = $2, next_update_due = $3, last_failure = $4, woken_at = $5, update_priority = $6
        where tracking_id = (select id from tracking_cache where tracking_number = $1)`,
      [numbers[place], minutes(checked), minutes(due), failure, minutes(woken), priority],
    )
  const told = { fresh: 0, stale: 0, expired: 0 }
  // Reading wakes what is expired, so it is counted first.
  const now = world.clock.now()
  await countFreshness(world.deps.operatorDb.sql, { now, cacheTtlMs: 24 * 3_600_000, everyMs: 300_000 })
  for (const number of numbers) {
    const { state } = (await world.app.inject({ url: `/v1/track/${number}` })).json().freshness
    told[state as 'fresh'] += 1
  }
  expect((await overview()).freshness).toEqual({ at: now.toISOString(), ...told })
  expect(Math.min(told.fresh, told.stale, told.expired)).toBeGreaterThan(0)
})

test('it is counted once in five minutes, however often the tick comes', async () => {
  const again = { now: minutes(4)!, cacheTtlMs: 24 * 3_600_000, everyMs: 300_000 }
  expect(await countFreshness(world.deps.operatorDb.sql, again)).toBe(0)
  expect(await countFreshness(world.deps.operatorDb.sql, { ...again, now: minutes(6)! })).toBe(1)
})

test('a shop sees how EasyParcel answers it, what its readers saw today and what a call for each would have cost', async () => {
  const { counters, operatorDb, clock, log } = world.deps
  counters.take()
  await world.query('truncate api_calls, call_parcels, read_hours')
  for (const [minutesAgo, outcome, ms] of [
    ...[[10, 'ok', 200] as const, [20, 'ok', 400] as const, [30, 'timeout', 10_000] as const],
    ...[[300, 'ok', 100] as const, [2_000, 'server', 9_000] as const],
  ])
    await insertCall(minutesAgo, outcome, ms)
  for (const state of ['fresh', 'fresh', 'fresh', 'fresh', 'fresh', 'stale', 'expired', 'missing', 'refused'] as const)
    counters.read({ organizationId: world.shop.organizationId, shop: null, way: 'page', state, language: 'ms' })
  const { store, stop } = createStore({ db: operatorDb, clock, log, counters, role: 'api', version: '1' })
  await store().finally(stop)
  const seen = await overview()
  expect(seen.easyparcel).toEqual({
    hour: { calls: 3, failed: 1, successRate: 0.6667, p50Ms: 400, p95Ms: 9040 },
    day: { calls: 4, failed: 1, successRate: 0.75, p50Ms: 300, p95Ms: 8560 },
  })
  expect(seen.reads).toEqual({ total: 9, fresh: 5, stale: 1, expired: 1, final: 0, missing: 1, refused: 1 })
  expect(seen.callsSaved).toBe(7 - seen.calls)
})

test('attention is told by reason, and since when the longest wait lasts; another shop sees nothing of it', async () => {
  await world.query(
    `update tracking_cache set requires_attention = true, attention_reason = 'lost' where id in (select id from tracking_cache order by id limit 2)`,
  )
  const { attention, oldestDueAt } = await overview()
  expect(attention).toEqual({ lost: 2 })
  expect(oldestDueAt).toBe(minutes(-90)!.toISOString())
  const other = await world.addShop('kedai-lain')
  expect(await overview(other.key)).toMatchObject({
    ...{ attention: {}, oldestDueAt: null, freshness: null, callsSaved: 0 },
    reads: { total: 0 },
    easyparcel: { day: { calls: 0, successRate: null, p50Ms: null } },
  })
})

test('an account that has used most of its calls by noon says until when they last, and how many more it needs', async () => {
  await world.query('update connections set budget_day = $1, calls_used = 700 where id = $2', [
    ...['2026-03-02', world.shop.connectionId],
  ])
  const { budget } = (await overview()).connections[0]!
  expect(budget).toMatchObject({ used: 700, expected: expect.any(Number), extraToLast: expect.any(Number) })
  expect(budget.lastsUntil).toMatch(/^2026-03-02T0[5-9]:/)
  expect(budget.extraToLast).toBeGreaterThan(0)
})

test('parcels of a shop whose answers are good for a longer time are counted by that, as its readers are told', async () => {
  const { organizationId, key } = world.shop
  const numbers = await register(2, 'TT')
  await world.query('update tracking_schedule set next_update_due = null')
  for (const number of numbers)
    await world.query(
      `update tracking_schedule set checked_at = $2, next_update_due = $3
        where tracking_id = (select id from tracking_cache where tracking_number = $1)`,
      [number, minutes(-30 * 60), minutes(45)],
    )
  const set = { method: 'PATCH', url: '/v1/admin/settings', headers: withKey(key), payload: { cache_ttl: 48 } } as const
  expect((await world.app.inject(set)).statusCode).toBe(200)
  const told = await Promise.all(numbers.map((number) => world.app.inject({ url: `/v1/track/${number}` })))
  expect(told.map((answer) => answer.json().freshness.state)).toEqual(['fresh', 'fresh'])
  const ownCacheTtls = new Map([[organizationId, world.deps.settingsOf(organizationId).cacheTtlMs]])
  const how = { now: world.clock.now(), cacheTtlMs: 24 * 3_600_000, everyMs: -1 }
  await countFreshness(world.deps.operatorDb.sql, { ...how, ownCacheTtls })
  expect((await overview()).freshness).toMatchObject({ fresh: 2, stale: 0, expired: 0 })
  await world.query('delete from shop_settings')
  await world.deps.refreshSettings()
})
