import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runJejak } from '../testing/run-jejak.ts'
import type { Line } from './probe.ts'

let database: TestDatabase
let folder: string
let env: Record<string, string>
let site: Server
beforeAll(async () => {
  site = createServer((_request, reply) => reply.writeHead(200).end('{}'))
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'jejak-doctor-'))
  env = {
    DATABASE_URL: database.url,
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
    DATA_DIR: folder,
    PUBLIC_URL: `http://127.0.0.1:${(site.address() as AddressInfo).port}`,
  }
  expect(await runJejak(['migrate'], env)).toMatchObject({ code: 0 })
  await runJejak(['secret:status'], env)
})
afterAll(async () => {
  site.close()
  await database.drop()
  await rm(folder, { recursive: true })
})

const doctor = async (...options: string[]) => {
  const { code, stdout } = await runJejak(['doctor', '--json', ...options], env)
  const lines = JSON.parse(stdout) as Line[]
  return { code, lines, stateOf: (name: string) => lines.find((line) => line.name === name)?.state }
}
/** What it says of one thing after a change that is undone. */
const after = async (name: string, change: string, undo: string): Promise<Line | undefined> => {
  await database.pool.query(change)
  const { lines } = await doctor('--offline')
  await database.pool.query(undo)
  return lines.find((line) => line.name === name)
}

test('it looks at everything a deployment needs, says what is missing, and fails for it', async () => {
  const { code, lines, stateOf } = await doctor()
  expect(code).toBe(1)
  expect(lines.map(({ name }) => name)).toEqual([
    ...['settings', 'database', 'migrations', 'fence between shops', 'connections', 'queue', 'processes', 'clock'],
    ...['parcels', 'rules', 'audit log', 'EasyParcel', 'disk', 'public address', 'TLS'],
  ])
  for (const name of ['settings', 'database', 'migrations', 'fence between shops', 'clock', 'public address', 'TLS'])
    expect([name, stateOf(name)]).toEqual([name, 'PASS'])
  expect(lines.find(({ name }) => name === 'processes')).toMatchObject({
    state: 'FAIL',
    says: 'jejak-worker and jejak-api are not connected to this database.',
  })
  expect(lines.find(({ name }) => name === 'EasyParcel')).toMatchObject({
    state: 'WARN',
    says: expect.stringContaining('has never been connected: run jejak easyparcel:connect'),
  })
})

test('an account that someone has disconnected is no fault, nor are its parcels late; one whose access was lost is', async () => {
  await database.pool.query(
    `with parcel as (
       insert into tracking_cache (organization_id, connection_id, tracking_number, document, document_version, registered_at, changed_at)
       select organization_id, id, 'LATE00000001', '{}', '', now(), now() from connections
       returning id, organization_id, connection_id)
     insert into tracking_schedule (tracking_id, organization_id, connection_id, next_update_due, update_priority)
     select id, organization_id, connection_id, now() - interval '3 hours', 100 from parcel`,
  )
  const seen = async (change: string) => {
    await database.pool.query(`update connections set ${change}`)
    const { lines } = await doctor()
    return lines.filter(({ name }) => name === 'EasyParcel' || name === 'parcels').map(({ state }) => state)
  }
  expect(await seen('disconnected_at = now(), connected_at = now()')).toEqual(['PASS', 'PASS'])
  const lost = `sealed_access_token = 'unreadable', pause_reason = 'not_authorised', disconnected_at = null`
  expect(await seen(lost)).toEqual(['WARN', 'FAIL'])
  await database.pool.query('delete from tracking_cache')
  await database.pool.query(
    'update connections set sealed_access_token = null, pause_reason = null, connected_at = null',
  )
}, 180_000)

const fence = 'fence between shops'

test('a policy of the fence that shows all, and one more for shops, are found', async () => {
  const {
    rows: [own],
  } = await database.pool.query(
    `select pg_get_expr(polqual, polrelid) as rows from pg_policy where polname = 'jejak_own' and polrelid = 'tracking_orders'::regclass`,
  )
  const found = await after(
    fence,
    'alter policy jejak_own on tracking_orders using (true); create policy mine on api_calls to jejak_shop using (true)',
    `alter policy jejak_own on tracking_orders using (${own.rows}); drop policy mine on api_calls`,
  )
  const says = 'tracking_orders has no policy that keeps a shop to its rows; api_calls shows more by the policy mine'
  expect(found).toMatchObject({ state: 'FAIL', says: expect.stringContaining(says) })
})

test.each([
  ['tracking_cache', 'may do something else'],
  ['api_calls', 'api_calls is not fenced'],
])('a fence that is down around %s is found', async (table, says) => {
  const found = await after(
    fence,
    `alter table ${table} disable row level security`,
    `alter table ${table} enable row level security`,
  )
  expect(found).toMatchObject({ state: 'FAIL', says: expect.stringContaining(says) })
})

test('a migration that is missing, and one of a newer release, are told apart', async () => {
  const last = `(select migration_name from _prisma_migrations order by migration_name desc limit 1)`
  expect(
    await after(
      'migrations',
      `update _prisma_migrations set finished_at = null where migration_name = ${last}`,
      `update _prisma_migrations set finished_at = now() where finished_at is null`,
    ),
  ).toMatchObject({ state: 'FAIL', says: expect.stringContaining('run jejak migrate') })
  expect(
    await after(
      'migrations',
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('new', '', '29991231000000_new', now())`,
      `delete from _prisma_migrations where id = 'new'`,
    ),
  ).toMatchObject({ state: 'WARN', says: expect.stringContaining('29991231000000_new') })
})

test('a job that keeps failing, and pools that are too large for the server, are found', async () => {
  expect(
    await after(
      'queue',
      `insert into job_failures (queue, first_at, last_at, message, times) values ('clean-up', now(), now(), 'a step failed', 3)`,
      'delete from job_failures',
    ),
  ).toMatchObject({ state: 'FAIL', says: 'The job clean-up has failed 3 times: a step failed' })
  const { stdout } = await runJejak(['doctor', '--offline', '--json'], { ...env, DATABASE_API_POOL: '200' })
  expect((JSON.parse(stdout) as Line[]).find(({ name }) => name === 'connections')).toMatchObject({
    state: 'FAIL',
    says: expect.stringContaining('Lower DATABASE_API_POOL'),
  })
})

test('a database that is away, settings that are wrong and an address that no one answers are findings, too, not crashes', async () => {
  const away = await runJejak(['doctor'], { ...env, DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' })
  expect(away).toMatchObject({ code: 1, stdout: expect.stringMatching(/FAIL +database .*cannot be reached/) })
  const wrong = await runJejak(['doctor'], { ...env, PORT: 'many' })
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringMatching(/FAIL +settings .*PORT must be/) })
  const { stdout } = await runJejak(['doctor'], { ...env, PUBLIC_URL: 'http://127.0.0.1:65534' })
  expect(stdout).toMatch(/FAIL +public address .*cannot be reached from here \(ECONNREFUSED\)/)
  expect(stdout).toMatch(/\d+ PASS, \d+ WARN, \d+ FAIL\n$/)
})

test('a public address without encryption is a fault, and a name like ours that is none is pointed out', async () => {
  const { stdout } = await runJejak(['doctor', '--json'], {
    ...env,
    PUBLIC_URL: 'http://kedai.invalid',
    TRACKING_TIMEZON: 'UTC',
  })
  const lines = JSON.parse(stdout) as Line[]
  expect(lines.find(({ name }) => name === 'TLS')).toMatchObject({
    state: 'FAIL',
    says: expect.stringContaining('not encrypted'),
  })
  expect(lines.find(({ name }) => name === 'settings')).toMatchObject({
    state: 'WARN',
    says: expect.stringContaining('TRACKING_TIMEZONE'),
  })
})
