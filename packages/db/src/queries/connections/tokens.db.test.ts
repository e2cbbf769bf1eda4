import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestShop, type TestShops } from '../../testing/create-test-shop.ts'
import { pauseConnection } from '../calls/gate.ts'
import {
  claimTokenRefresh,
  findSealedTokens,
  releaseTokenRefresh,
  replaceSealedTokens,
  saveSealedTokens,
  seedSealedTokens,
} from './tokens.ts'

const now = new Date('2026-11-17T02:00:00Z')
const seconds = (amount: number) => new Date(now.getTime() + amount * 1000)
let shop: TestShops
beforeAll(async () => {
  shop = await createTestShop()
})
afterAll(() => shop.close())
beforeEach(() =>
  shop.query(
    `update connections set sealed_access_token = 'a1', sealed_refresh_token = 'r1', access_token_expires_at = null, refresh_lease_until = null,
            paused_until = null, pause_reason = null`,
  ),
)

const tokens = () => findSealedTokens(shop.db.sql, shop.connectionId)
const claim = (at = now, leaseUntil = new Date(at.getTime() + 30_000)) =>
  claimTokenRefresh(shop.db.sql, { connectionId: shop.connectionId, now: at, leaseUntil })
const news = (name: string) => ({
  connectionId: shop.connectionId,
  sealedAccessToken: `a${name}`,
  sealedRefreshToken: `r${name}`,
  accessTokenExpiresAt: seconds(3600),
})

test('of sixteen processes that want to refresh the login, one may; when it dies, another one after its lease', async () => {
  const claims = await Promise.all(Array.from({ length: 16 }, () => claim()))
  expect(claims.filter(Boolean)).toHaveLength(1)
  expect(await claim(seconds(29))).toBe(false)
  expect(await claim(seconds(30))).toBe(true)
})

test('a lease that a clock a year ahead wrote is over, one of a clock within its minute is not', async () => {
  await claim(seconds(365 * 86_400))
  expect(await claim()).toBe(true)
  await claim(seconds(60 + 30))
  expect(await claim(seconds(-30))).toBe(false)
})

test('a refresh that failed lets the next one try at once, but only its own claim is given back', async () => {
  await claim()
  await releaseTokenRefresh(shop.db.sql, { connectionId: shop.connectionId, leaseUntil: seconds(31) })
  expect(await claim(seconds(1))).toBe(false)
  await releaseTokenRefresh(shop.db.sql, { connectionId: shop.connectionId, leaseUntil: seconds(30) })
  expect(await claim(seconds(1))).toBe(true)
})

test('new tokens take the place of those that were refreshed, end the claim and lift the pause', async () => {
  await claim()
  await pauseConnection(shop.db.sql, {
    connectionId: shop.connectionId,
    until: seconds(900),
    reason: 'not_authorised',
    failure: 'refused',
    now,
  })
  expect(await replaceSealedTokens(shop.db.sql, { ...news('2'), replacing: 'a1', now })).toBe(true)
  expect(await tokens()).toEqual({
    sealedAccessToken: 'a2',
    sealedRefreshToken: 'r2',
    accessTokenExpiresAt: seconds(3600),
    refreshLeaseUntil: null,
    savedAt: now,
    refusedAt: null,
  })
  expect(await shop.query('select paused_until as until from connections')).toEqual([{ until: null }])
})

test('a refresh that comes too late never overwrites tokens that someone else has stored meanwhile', async () => {
  await saveSealedTokens(shop.db.sql, { ...news('9'), now })
  expect(await replaceSealedTokens(shop.db.sql, { ...news('2'), replacing: 'a1', now })).toBe(false)
  expect(await tokens()).toMatchObject({ sealedAccessToken: 'a9', sealedRefreshToken: 'r9' })
})

test('a login ends the waits that refused tokens have brought, so that checks begin at once', async () => {
  await shop.query(
    `update connections set breaker_failures = 5, breaker_open_until = $1, suspect_failures = 4, suspect_open_until = $1, suspect_probe_until = $1`,
    [seconds(900)],
  )
  await saveSealedTokens(shop.db.ofShop(shop.organizationId).sql, { ...news('3'), now })
  expect(
    await shop.query(
      `select breaker_failures + suspect_failures as failures, coalesce(breaker_open_until, breaker_probe_until, suspect_open_until, suspect_probe_until) as wait
         from connections`,
    ),
  ).toEqual([{ failures: 0, wait: null }])
})

test('a refresh token that EasyParcel did not rotate is kept', async () => {
  await replaceSealedTokens(shop.db.sql, { ...news('2'), sealedRefreshToken: null, replacing: 'a1', now })
  expect(await tokens()).toMatchObject({ sealedAccessToken: 'a2', sealedRefreshToken: 'r1' })
})

test('tokens of the environment are used once: a stored login is never replaced by them', async () => {
  await seedSealedTokens(shop.db.sql, news('env'))
  expect(await tokens()).toMatchObject({ sealedAccessToken: 'a1' })
  await shop.query('update connections set sealed_access_token = null, sealed_refresh_token = null')
  await seedSealedTokens(shop.db.sql, news('env'))
  expect(await tokens()).toMatchObject({ sealedAccessToken: 'aenv' })
})
