import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import { readMigrations } from './read-migrations.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

const firstOfShops = '20261128120000_shop_of_every_row'
const shopTables = [
  'tracking_schedule',
  'api_calls',
  'unread_values',
  'daily_reports',
  'tracking_update_logs',
  'job_failures',
]

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase({ empty: true })
  const before = (await readMigrations()).filter(({ name }) => name < firstOfShops)
  await migrate({ url: db.url, log: () => {}, migrations: before })
  await db.pool.query(`insert into organizations (slug, name) values ('small', 'Small'), ('big', 'Big')`)
  await db.pool.query(`insert into connections (organization_id, api) select id, 'open' from organizations order by id`)
  for (const [shop, number] of [
    ['small', 'SMALL00001'],
    ['big', 'BIG0000001'],
    ['big', 'BIG0000002'],
  ] as const)
    await writeAsBefore(shop, number)
  await migrate({ url: db.url, log: () => {} })
})
afterAll(() => db.drop())

/** What a process of the release before writes of a parcel: it knows no shop but the parcel's own. */
const writeAsBefore = (shop: string, number: string) =>
  db.pool.query(
    `with account as (select c.id, c.organization_id from connections c join organizations o on o.id = c.organization_id where o.slug = '${shop}')
     insert into tracking_cache (organization_id, connection_id, tracking_number, document, document_version, registered_at, changed_at)
     select organization_id, id, '${number}', '{}', '1', now(), now() from account;
     insert into tracking_schedule (tracking_id, connection_id) select id, connection_id from tracking_cache where tracking_number = '${number}';
     insert into tracking_update_logs (tracking_id, at, kind, triggered_by)
     select id, now(), 'scheduled', 'worker' from tracking_cache where tracking_number = '${number}';
     insert into api_calls (connection_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size)
     select connection_id, '2026-11-28', false, 0, now(), now(), 1 from tracking_cache where tracking_number = '${number}';
     insert into unread_values (connection_id, kind, value, first_seen_at, last_seen_at)
     select connection_id, 'text', '${number}', now(), now() from tracking_cache where tracking_number = '${number}';
     insert into daily_reports select connection_id, date '2026-01-01' + id::int, 1, 0, 0, 1, 1, 1, null, '{}' from tracking_cache
      where tracking_number = '${number}';
     insert into job_failures (queue, connection_id, first_at, last_at, message)
     select 'of ${number}', connection_id, now(), now(), '' from tracking_cache where tracking_number = '${number}'`,
  )

const rowsOfShop = async (table: string): Promise<Record<string, number>> => {
  const { rows } = await db.pool.query<{ shop: string; amount: number }>(
    `select o.slug as shop, count(*)::int as amount from ${table} t join organizations o on o.id = t.organization_id group by 1`,
  )
  return Object.fromEntries(rows.map(({ shop, amount }) => [shop, amount]))
}

test('after an upgrade each row is its own shop’s', async () => {
  for (const table of shopTables) expect([table, await rowsOfShop(table)]).toEqual([table, { small: 1, big: 2 }])
})

test('what a process of the release before goes on writing is its own shop’s, too', async () => {
  await writeAsBefore('small', 'SMALL00002')
  for (const table of shopTables) expect([table, await rowsOfShop(table)]).toEqual([table, { small: 2, big: 2 }])
  await db.pool.query(
    `insert into job_failures (queue, first_at, last_at, message) values ('maintenance', now(), now(), '')`,
  )
  const { rows } = await db.pool.query(`select organization_id from job_failures where queue = 'maintenance'`)
  expect(rows).toEqual([{ organization_id: null }])
})

test('no row names one shop and the EasyParcel account of another', async () => {
  const moved = (table: string) =>
    db.pool.query(
      `update ${table} set organization_id = (select id from organizations where slug = 'big') where organization_id is not null`,
    )
  for (const table of shopTables.filter((name) => name !== 'tracking_update_logs'))
    await expect(moved(table)).rejects.toThrow(/violates foreign key/)
})
