import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../migrate.ts'
import { readMigrations } from '../../read-migrations.ts'
import { createTestShop, numbers, type TestShops } from '../../testing/create-test-shop.ts'
import { createTestDatabase } from '../../testing/index.ts'
import { countedSql, countParcels, foldCounts } from './counts.ts'

const now = new Date('2026-11-17T02:00:00Z')
let shop: TestShops
beforeAll(async () => {
  shop = await createTestShop()
})
afterAll(() => shop.close())
beforeEach(() => shop.query('truncate tracking_cache, tracking_orders, tracking_schedule cascade'))

const counted = `select status, attention, sum(amount)::int as amount from (${countedSql}) as counted
                  group by status, attention having sum(amount) <> 0 order by status, attention`
const countedOneByOne = `select status, coalesce(attention_reason, '') as attention, count(*)::int as amount from tracking_cache
                          where archived_at is null group by 1, 2 order by 1, 2`
const changesLeft = async () => (await shop.query('select from tracking_count_changes')).length

test('the counts follow parcels that come, change, want a person, end, go to the archive and are removed', async () => {
  const ids = await shop.register(numbers(6), now)
  await shop.query(`update tracking_cache set status = 'in_transit' where id = any ($1)`, [ids.slice(0, 3)])
  await shop.query(
    `update tracking_cache set requires_attention = true, attention_reason = 'lost' where id = any ($1)`,
    [ids.slice(2, 4)],
  )
  expect(await shop.query(counted)).toEqual([
    { status: 'in_transit', attention: '', amount: 2 },
    { status: 'in_transit', attention: 'lost', amount: 1 },
    { status: 'pending', attention: '', amount: 2 },
    { status: 'pending', attention: 'lost', amount: 1 },
  ])
  await shop.query(`update tracking_cache set status = 'delivered', ended_at = $2, archived_at = $2 where id = $1`, [
    ids[0],
    now,
  ])
  await shop.query(`delete from tracking_cache where id = any ($1)`, [[ids[0], ids[5]]])
  expect(await shop.query(counted)).toEqual([
    { status: 'in_transit', attention: '', amount: 1 },
    { status: 'in_transit', attention: 'lost', amount: 1 },
    { status: 'pending', attention: '', amount: 1 },
    { status: 'pending', attention: 'lost', amount: 1 },
  ])
  expect(await countParcels(shop.db.sql)).toBe(4)
})

test('a change of which no count tells anything leaves nothing behind', async () => {
  const ids = await shop.register(numbers(3), now)
  const before = await changesLeft()
  await shop.query(`update tracking_cache set document_version = 'second' where id = any ($1)`, [ids])
  expect(await changesLeft()).toBe(before)
})

test('what is rolled back is not counted', async () => {
  const kept = await shop.register(numbers(1), now)
  await expect(
    shop.db.transaction(async (tx) => {
      await tx.query('delete from tracking_cache where id = any ($1)', [kept])
      throw new Error('undone')
    }),
  ).rejects.toThrow('undone')
  expect(await countParcels(shop.db.sql)).toBe(1)
})

test('eight writers and two folders at once lose and double nothing, and none waits for another', async () => {
  const ids = await shop.register(numbers(80), now)
  const statuses = ['pending', 'in_transit', 'on_hold', 'exception']
  const write = async (writer: number) => {
    for (let round = 0; round < 40; round++)
      await shop.db.transaction(async (tx) => {
        // Two statements of one transaction, in an order of its own: shared counters would deadlock here.
        for (const part of writer % 2 === 0 ? [0, 5] : [5, 0])
          await tx.query('update tracking_cache set status = $2 where id = any ($1)', [
            ids.slice(writer * 10 + part, writer * 10 + part + 5),
            statuses[(round + part + writer) % statuses.length],
          ])
      })
  }
  let isWriting = true
  const fold = async () => {
    while (isWriting) await foldCounts(shop.db.sql, 7)
  }
  const folders = [fold(), fold()]
  await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer))).finally(() => {
    isWriting = false
  })
  await Promise.all(folders)
  const truth = await shop.query(countedOneByOne)
  expect(await shop.query(counted)).toEqual(truth)
  while ((await foldCounts(shop.db.sql, 100)) > 0);
  expect(await changesLeft()).toBe(0)
  expect(await shop.query(counted)).toEqual(truth)
})

test('after an upgrade the parcels that were there are counted', async () => {
  const db = await createTestDatabase({ empty: true })
  const first = '20261128210000_counts'
  await migrate({ url: db.url, log: () => {}, migrations: (await readMigrations()).filter(({ name }) => name < first) })
  await db.pool.query(
    `with shop as (insert into organizations (slug, name) values ('old', 'Old') returning id),
     account as (insert into connections (organization_id, api) select id, 'open' from shop returning id, organization_id)
     insert into tracking_cache (organization_id, connection_id, tracking_number, document, document_version, registered_at, changed_at)
     select organization_id, id, 'OLD000000' || n, '{}', '1', now(), now() from account, generate_series(1, 3) n`,
  )
  await migrate({ url: db.url, log: () => {} })
  expect((await db.pool.query(counted)).rows).toEqual([{ status: 'pending', attention: '', amount: 3 }])
  await db.drop()
})
