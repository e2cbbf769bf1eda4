import { expect, test } from 'vitest'
import { createTestDatabase } from './create-test-database.ts'

test('databases that are made at the same time are migrated and do not see each other', async () => {
  const all = await Promise.all(Array.from({ length: 6 }, () => createTestDatabase()))
  await all[0]?.pool.query(`create table only_here (id int)`)
  const counts = await Promise.all(
    all.map(({ pool }) =>
      pool.query<{ here: boolean; migrated: boolean }>(
        `select to_regclass('only_here') is not null as here, to_regclass('tracking_cache') is not null as migrated`,
      ),
    ),
  )
  expect(counts.map(({ rows }) => rows[0]?.here)).toEqual([true, false, false, false, false, false])
  expect(counts.every(({ rows }) => rows[0]?.migrated)).toBe(true)
  await Promise.all(all.map(({ drop }) => drop()))
})

test('a dropped database is gone even if someone is still connected', async () => {
  const db = await createTestDatabase()
  const other = await createTestDatabase()
  const guest = await db.pool.connect()
  guest.on('error', () => {})
  guest.release()
  await db.drop()
  const name = new URL(db.url).pathname.slice(1)
  const { rowCount } = await other.pool.query('select from pg_database where datname = $1', [name])
  expect(rowCount).toBe(0)
  await other.drop()
})
