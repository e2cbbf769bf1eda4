import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MigrationError, migrate } from './migrate.ts'
import { type Migration, readMigrations } from './read-migrations.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

let db: TestDatabase
beforeEach(async () => {
  db = await createTestDatabase({ empty: true })
})
afterEach(() => db.drop())

const quiet = () => {}
const aMigration = (name: string, sql: string): Migration => ({
  name,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
})

const tablesOf = async (): Promise<string[]> => {
  const { rows } = await db.pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  )
  return rows.map(({ name }) => name)
}

const up = (migrations: readonly Migration[], lockTimeoutMs = 30_000) =>
  migrate({ url: db.url, log: quiet, migrations, lockTimeoutMs })

test('an empty database gets every table, and a second run has nothing left to do', async () => {
  const names = (await readMigrations()).map(({ name }) => name)
  expect(await migrate({ url: db.url, log: quiet })).toEqual(names)
  expect(await tablesOf()).toContain('tracking_cache')
  expect(await migrate({ url: db.url, log: quiet })).toEqual([])
})

test('what was applied is noted the way the Prisma CLI notes it', async () => {
  await up([aMigration('1_one', 'create table one (id int)')])
  const { rows } = await db.pool.query('select * from _prisma_migrations')
  expect(rows).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: createHash('sha256').update('create table one (id int)').digest('hex'),
      migration_name: '1_one',
      started_at: expect.any(Date),
      finished_at: expect.any(Date),
      rolled_back_at: null,
      logs: null,
      applied_steps_count: 1,
    },
  ])
})

test('eight processes that migrate at once do each step exactly once', async () => {
  const steps = ['one', 'two', 'three'].map((name, index) =>
    aMigration(`${index}_${name}`, `create table ${name} (id int)`),
  )
  const applied = await Promise.all(Array.from({ length: 8 }, () => up(steps)))
  expect(applied.flat().sort()).toEqual(['0_one', '1_two', '2_three'])
})

test('a migration that was changed after it was applied is refused by name, and nothing else is applied', async () => {
  await up([aMigration('1_one', 'create table one (id int)')])
  const changed = [
    aMigration('1_one', 'create table one (id bigint)'),
    aMigration('2_two', 'create table two (id int)'),
  ]
  await expect(up(changed)).rejects.toThrow(/^Migration 1_one was changed after it had been applied/)
  expect(await tablesOf()).toEqual(['_prisma_migrations', 'one'])
})

test('a migration that fails leaves nothing behind, says where, and can be fixed', async () => {
  const broken = aMigration('1_one', 'create table one (id int);\ncreate table two (id nonsense)')
  await expect(up([broken])).rejects.toThrow('Migration 1_one failed in line 2: type "nonsense" does not exist')
  expect(await tablesOf()).toEqual(['_prisma_migrations'])
  expect(await up([aMigration('1_one', 'create table one (id int)')])).toEqual(['1_one'])
})

test('a database of a newer release is left as it is', async () => {
  const one = aMigration('1_one', 'create table one (id int)')
  await up([one, aMigration('2_two', 'create table two (id int)')])
  expect(await up([one])).toEqual([])
})

test('a migration that the Prisma CLI left half-done asks for repair', async () => {
  await up([])
  await db.pool.query(`insert into _prisma_migrations (id, checksum, migration_name) values ('x', 'y', '1_one')`)
  await expect(up([aMigration('1_one', 'select 1')])).rejects.toThrow(/^Migration 1_one failed half-way/)
})

test('another migrator that never finishes is waited for only so long', async () => {
  const holder = await db.pool.connect()
  await holder.query('select pg_advisory_lock(72707369)')
  await expect(up([], 100)).rejects.toThrow('Another process is migrating this database and does not finish.')
  holder.release(true)
})

test('a migration does not queue behind a long reader: it steps back, so that others go on, and comes again', async () => {
  await up([aMigration('1_one', 'create table one (id int)')])
  const reader = await db.pool.connect()
  await reader.query('begin')
  await reader.query('select from one')
  const lines: string[] = []
  const migrations = [
    aMigration('1_one', 'create table one (id int)'),
    aMigration('2_two', 'alter table one add column two int'),
  ]
  const tables = { waitMs: 200, tries: 1_000, pauseMs: 200 }
  const done = migrate({ url: db.url, log: (line) => void lines.push(line), migrations, tables })
  await expect.poll(() => lines).toHaveLength(1)
  await db.pool.query('select from one')
  await reader.query('commit')
  reader.release()
  expect(await done).toEqual(['2_two'])
})

test('tables that are never free end a migration with a sentence, and nothing of it stays', async () => {
  await up([aMigration('1_one', 'create table one (id int)')])
  const reader = await db.pool.connect()
  await reader.query('begin')
  await reader.query('select from one')
  const migrations = [aMigration('1_one', 'create table one (id int)'), aMigration('2_two', 'drop table one')]
  const tables = { waitMs: 50, tries: 2, pauseMs: 1 }
  await expect(migrate({ url: db.url, log: quiet, migrations, tables })).rejects.toThrow(
    /^Migration 2_two found its tables in use 2 times/,
  )
  await reader.query('commit')
  reader.release()
  expect(await tablesOf()).toContain('one')
})

test('a server that cannot be reached gives one sentence', async () => {
  const failure = migrate({ url: 'postgresql://nobody@127.0.0.1:9/none', log: quiet })
  await expect(failure).rejects.toBeInstanceOf(MigrationError)
  await expect(failure).rejects.toThrow(/^The database cannot be reached: .*ECONNREFUSED/)
})
