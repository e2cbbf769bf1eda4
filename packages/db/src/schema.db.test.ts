import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseShape } from './testing/database-shape.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'
import { prismaShape } from './testing/prisma-shape.ts'

const schema = await readFile(join(import.meta.dirname, '../prisma/schema.prisma'), 'utf8')

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

test('the migrated database and the Prisma schema agree on every table, column, type, key and index', async () => {
  expect(await databaseShape(db.pool)).toEqual(prismaShape(schema))
})

const changes: readonly (readonly [string, string])[] = [
  ['a new column', 'alter table organizations add column motto text'],
  ['another type', 'alter table organizations alter column name type varchar(80)'],
  ['a column that may now be empty', 'alter table organizations alter column name drop not null'],
  ['a default that went away', 'alter table connections alter column calls_used drop default'],
  ['a lost foreign key', 'alter table api_keys drop constraint api_keys_organization_id_fkey'],
  ['a lost unique key', 'alter table api_keys drop constraint api_keys_hash_key'],
  ['a lost index', 'drop index tracking_cache_number'],
  ['a new status', `alter type tracking_status add value 'vanished'`],
  ['a new table', 'create table extra (id int)'],
]

test.each(changes)('%s in the database alone is noticed', async (_, statement) => {
  const client = await db.pool.connect()
  await client.query('begin')
  await client.query(statement)
  const changed = await databaseShape(client)
  await client.query('rollback')
  client.release()
  expect(changed).not.toEqual(prismaShape(schema))
})
