import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runJejak, startJejak } from './testing/run-jejak.ts'

// Each command is a process of its own.
const slow = 240_000

const example = (file: string) => join(import.meta.dirname, '../../../examples/migrate-from-orders', file)
const mapping = example('mapping.json')

let database: TestDatabase
let source: TestDatabase
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  database = await createTestDatabase()
  source = await createTestDatabase({ empty: true })
  folder = await mkdtemp(join(tmpdir(), 'jejak-migrate-from-'))
  env = {
    DATABASE_URL: database.url,
    MIGRATE_FROM_URL: source.url,
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
    DATA_DIR: folder,
  }
  await source.pool.query(await readFile(example('orders.sql'), 'utf8'))
  expect(await runJejak(['migrate'], env)).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await source.drop()
  await database.drop()
  await rm(folder, { recursive: true })
})
beforeEach(() =>
  database.pool.query(
    'truncate migration_runs, tracking_cache, tracking_update_logs, audit_log restart identity cascade',
  ),
)

const jejak = async (...args: string[]) => {
  const { code, stdout, stderr } = await runJejak(['migrate-from', ...args, '--json'], env)
  return { code, stderr, told: stdout === '' ? null : JSON.parse(stdout) }
}
const count = async (table: string) => (await database.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n

test('the orders of the example are brought along and taken back by command', { timeout: slow }, async () => {
  const counts = { rows: 11, leftOut: 3, unreadable: 1, numbers: 8, created: 7, ended: 3, joined: 1, here: 0 }
  expect(await jejak(mapping)).toMatchObject({
    code: 1,
    told: {
      isDryRun: false,
      run: '1',
      isContinued: false,
      ...counts,
      unknownStatuses: [{ word: 'on the way?', rows: 1 }],
    },
  })
  expect(await jejak(mapping, '--verify', '1')).toMatchObject({ code: 0, told: { found: 8, isWhole: true } })
  expect(await jejak('--undo', '1')).toMatchObject({ code: 0, told: { batches: 1, parcels: 7, keptParcels: 0 } })
  expect(await count('tracking_cache')).toBe(0)
  expect((await jejak('--list')).told).toMatchObject([{ run: '1', state: 'undone', batches: 1 }])
})

test('people read what happened in plain lines', async () => {
  const { stdout } = await runJejak(['migrate-from', mapping, '--dry-run'], env)
  expect(stdout).toContain('Rows: 11; left out 3, unreadable 1.')
  expect(stdout).toContain('1 with the status “on the way?”, which the mapping does not name.')
  expect(stdout).toContain('Nothing was written.')
})

test('the address of the old database comes from a variable or a file, and is never told', {
  timeout: slow,
}, async () => {
  const { MIGRATE_FROM_URL, ...without } = env
  expect(await runJejak(['migrate-from', mapping], without)).toMatchObject({ code: 2 })
  const file = join(folder, 'url')
  await writeFile(file, `${source.url}\n`)
  expect(await runJejak(['migrate-from', mapping, '--dry-run', '--url-file', file], without)).toMatchObject({ code: 1 })
  const old = { ...without, OLD_SHOP: source.url }
  expect(await runJejak(['migrate-from', mapping, '--dry-run', '--url-env', 'OLD_SHOP'], old)).toMatchObject({
    code: 1,
  })
  const wrong = { ...env, MIGRATE_FROM_URL: 'postgres://someone:a-secret-word@127.0.0.1:1/nowhere' }
  const failed = await runJejak(['migrate-from', mapping], wrong)
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('The source cannot be read') })
  expect(failed.stdout + failed.stderr).not.toContain('a-secret-word')
})

test('a mapping that cannot be used says why, field by field', async () => {
  const file = join(folder, 'wrong.json')
  await writeFile(
    file,
    JSON.stringify({ name: 'x', source: { csv: { file: 'a' } }, fields: { trackingNumber: 'awb', colour: 'b' } }),
  )
  expect(await runJejak(['migrate-from', file], env)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('fields: There is no field “colour” here.'),
  })
  await writeFile(file, (await readFile(mapping, 'utf8')).replace('"tracking_no"', '"awb"'))
  expect(await runJejak(['migrate-from', file], env)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('The source has no column awb.'),
  })
})

test('a file that cannot be read, or names a column twice, is refused in a sentence', { timeout: slow }, async () => {
  const file = join(folder, 'csv.json')
  await writeFile(
    file,
    JSON.stringify({
      name: 'x',
      source: { csv: { file: 'x.csv' } },
      fields: { trackingNumber: 'no', orderNumber: 'o' },
    }),
  )
  for (const [text, told] of [
    ['no,o\n"JT888000000012,5\n', 'The file cannot be read on from line 2'],
    [Buffer.from('no,o\nJT888000000012,caf\xe9\n', 'latin1'), 'Line 2 is neither UTF-8 nor UTF-16'],
    ['no,no,o\nJT888000000012,x,1\n', 'The source has the column no more than once'],
  ] as const) {
    await writeFile(join(folder, 'x.csv'), text)
    const { code, stderr } = await runJejak(['migrate-from', file, '--dry-run'], env)
    expect([code, stderr]).toEqual([1, expect.stringContaining(told)])
    expect(stderr).not.toContain('    at ')
  }
})

test('a run that is killed goes on where it was', { timeout: slow }, async () => {
  await source.pool.query(
    `create table many as select n as id, (640000000000 + n)::text as awb from generate_series(1, 3000) n`,
  )
  const file = join(folder, 'many.json')
  const many = { query: 'select id, awb from many', key: 'id' }
  await writeFile(
    file,
    JSON.stringify({ name: 'many', source: { postgres: many }, fields: { trackingNumber: 'awb', orderNumber: 'id' } }),
  )
  const running = startJejak(['migrate-from', file], env)
  await expect.poll(() => count('migration_batches'), { timeout: 60_000 }).toBeGreaterThan(0)
  running.kill('SIGKILL')
  await running.ended
  const ran = await jejak(file)
  expect(ran).toMatchObject({ code: 0, told: { rows: 3000, created: 3000, here: 0 } })
  expect(await count('tracking_cache')).toBe(3000)
  expect(await jejak(file, '--verify', ran.told.run)).toMatchObject({ code: 0, told: { found: 3000, sampled: 200 } })
})
