import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestShop, numbers, type TestShops } from '../../testing/create-test-shop.ts'
import { analyzeNewTables } from './analyze-new-tables.ts'

const now = new Date('2026-11-17T02:00:00Z')
let shop: TestShops
beforeAll(async () => {
  shop = await createTestShop()
})
afterAll(() => shop.close())

/** How many parcels the database thinks it has; -1 when it never looked. */
const believed = async () => {
  const text = `select reltuples::int as amount from pg_class where relname = 'tracking_cache'`
  return (await shop.query<{ amount: number }>(text))[0]!.amount
}
const analyze = (role: string, added: number) =>
  shop.db.transaction(async (tx) => {
    await tx.query(`set local role ${role}`)
    await analyzeNewTables(tx, added)
  })

test('a new database looks at its parcels as soon as many came, once, whoever registered them', async () => {
  await shop.register(numbers(150), now)
  await analyze('jejak_worker', 3)
  expect(await believed()).toBe(-1)
  await analyze('jejak_shop', 150)
  expect(await believed()).toBe(150)
  await shop.register(numbers(250), now)
  await analyze('jejak_worker', 100)
  expect(await believed()).toBe(150)
})
