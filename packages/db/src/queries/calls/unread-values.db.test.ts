import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestShop, type TestShops } from '../../testing/create-test-shop.ts'
import { countUnreadValues, listUnreadValues } from './unread-values.ts'

const now = Date.parse('2026-11-17T02:00:00Z')
const hour = 3_600_000

let shop: TestShops
beforeAll(async () => {
  shop = await createTestShop()
})
afterAll(() => shop.close())

test('a text keeps the three parcels that had it last as examples, each once', async () => {
  const { connectionId } = shop
  const seen = async (...trackingIds: string[]) => {
    const values = trackingIds.map((trackingId) => ({ kind: 'text', value: 'shelved', trackingId }))
    await shop.db.transaction((tx) => countUnreadValues(tx, { connectionId, now: new Date(now), values }))
    const [row] = await shop.query<{ ids: string[] }>(
      `select examples as ids from unread_values where value = 'shelved'`,
    )
    return row!.ids
  }
  expect(await seen('1')).toEqual(['1'])
  expect(await seen('2', '1')).toEqual(['1', '2'])
  expect(await seen('3')).toEqual(['3', '1', '2'])
  expect(await seen('2')).toEqual(['2', '3', '1'])
  expect(await seen('4', '5', '6', '7')).toEqual(['4', '5', '6'])
  await shop.query('delete from unread_values')
})

test('a text counts each time it is new, a code that comes with every answer once a day', async () => {
  const values = [
    { kind: 'text', value: 'zorbing' },
    { kind: 'code', value: '77' },
  ]
  const { connectionId } = shop
  for (let hours = 0; hours < 30; hours += 2)
    await shop.db.transaction((tx) =>
      countUnreadValues(tx, { connectionId, now: new Date(now + hours * hour), values }),
    )
  expect(await listUnreadValues(shop.db.sql, 10)).toMatchObject([
    { kind: 'text', times: 15, lastSeenAt: new Date(now + 28 * hour) },
    { kind: 'code', times: 2, lastSeenAt: new Date(now + 26 * hour) },
  ])
})
