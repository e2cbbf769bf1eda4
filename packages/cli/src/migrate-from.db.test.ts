import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runJejak, startJejak } from './testing/run-jejak.ts'

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

const expected = {
  ...{ rows: 11, leftOut: 3, unreadable: 1, numbers: 8, created: 7, ended: 3, joined: 1, here: 0 },
  unknownStatuses: [{ word: 'on the way?', rows: 1 }],
}

test('the orders of the example are foretold, brought along, compared, and taken back', async () => {
  const foretold = await jejak(mapping, '--dry-run')
  expect(foretold).toMatchObject({ code: 1, told: { isDryRun: true, ...expected } })
  expect(foretold.told.reasons).toEqual([
    { outcome: 'left_out', reason: 'The row has no tracking number.', rows: 1, examples: [{ key: '1005' }] },
    expect.objectContaining({ outcome: 'unreadable', rows: 1, examples: [{ key: '1008', shape: 'aaaa aaaaaa' }] }),
    { outcome: 'left_out', reason: expect.stringContaining('of this status'), rows: 1, examples: [{ key: '1010' }] },
    { outcome: 'left_out', reason: expect.stringContaining('so long ago'), rows: 1, examples: [{ key: '1011' }] },
  ])
  expect(await count('tracking_cache')).toBe(0)
  expect(await count('migration_runs')).toBe(0)

  const { isDryRun, ...same } = foretold.told
  const ran = await jejak(mapping)
  expect(ran).toMatchObject({ code: 1, told: { isDryRun: false, run: '1', isContinued: false, ...same } })
  const { rows } = await database.pool.query(
    `select t.tracking_number as number, t.courier, array_agg(o.order_number order by o.id) as orders
       from tracking_cache t join tracking_orders o on o.tracking_id = t.id group by t.id order by 1`,
  )
  expect(rows).toEqual([
    { number: '632143239945', courier: 'J&T Express', orders: ['#1001', '#1009'] },
    { number: '632143239958', courier: 'J&T Express', orders: ['#1003'] },
    { number: '632143239959', courier: 'J&T Express', orders: ['#1003'] },
    { number: '632143239962', courier: 'J&T Express', orders: ['#1006'] },
    { number: '632143239963', courier: 'J&T Express', orders: ['#1007'] },
    { number: '7028738936112053', courier: 'DHL eCommerce', orders: ['#1004'] },
    { number: 'ER665997516MY', courier: 'Pos Laju', orders: ['#1002'] },
  ])

  expect(await jejak(mapping)).toMatchObject({ told: { run: '2', numbers: 8, created: 0, joined: 0, here: 8 } })
  expect(await jejak(mapping, '--verify', '1')).toMatchObject({
    code: 0,
    told: { rows: 11, rowsOfRun: 11, numbers: 8, found: 8, orders: 8, ordersFound: 8, sampled: 8, isWhole: true },
  })
  expect(await jejak('--undo', '1')).toMatchObject({ code: 0, told: { batches: 1, parcels: 7, keptParcels: 0 } })
  expect(await count('tracking_cache')).toBe(0)
  expect(await jejak(mapping, '--verify', '1')).toMatchObject({ code: 1, told: { found: 0, isWhole: false } })
  expect((await jejak('--list')).told).toMatchObject([
    { run: '2', state: 'finished', batches: 0 },
    { run: '1', state: 'undone', batches: 1 },
  ])
  const acts = await database.pool.query('select act, actor, object from audit_log order by id')
  const of = (act: string, run: string) => ({ act: `migration.${act}`, actor: 'console', object: `migration:${run}` })
  expect(acts.rows).toEqual([
    of('started', '1'),
    of('finished', '1'),
    of('started', '2'),
    of('finished', '2'),
    of('undone', '1'),
  ])
})

test('people read what happened in plain lines', async () => {
  const { stdout } = await runJejak(['migrate-from', mapping, '--dry-run'], env)
  expect(stdout).toContain('Rows: 11; left out 3, unreadable 1.')
  expect(stdout).toContain('1 with the status “on the way?”, which the mapping does not name.')
  expect(stdout).toContain('Nothing was written.')
})

test('the address of the old database comes from a variable or a file, and is never told', async () => {
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

test('a run that is killed goes on where it was', async () => {
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
  await expect.poll(() => count('migration_batches')).toBeGreaterThan(0)
  running.kill('SIGKILL')
  await running.ended
  const ran = await jejak(file)
  expect(ran).toMatchObject({ code: 0, told: { rows: 3000, created: 3000, here: 0 } })
  expect(await count('tracking_cache')).toBe(3000)
  expect(await jejak(file, '--verify', ran.told.run)).toMatchObject({ code: 0, told: { found: 3000, sampled: 200 } })
})
