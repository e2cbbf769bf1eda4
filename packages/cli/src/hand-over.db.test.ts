import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@jejak/config'
import { systemActor } from '@jejak/core/changes'
import { prepareInstallation } from '@jejak/core/installing'
import { migrateQueue, startBoss } from '@jejak/core/queue'
import { deriveContactKeys, registerTrackings, removeTracking } from '@jejak/core/registering'
import { connect, type Db, migrate, readClock } from '@jejak/db'
import { type EmbeddedServer, eraseEmbedded, startEmbedded } from '@jejak/db/embedded'
import { afterAll, beforeAll, expect, test } from 'vitest'

const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
const log = () => {}
let dataDir: string
let server: EmbeddedServer

const start = () => startEmbedded({ dataDir, port: 0, log, settings })
const onDatabase = async <T>(url: string, work: (db: Db) => Promise<T>): Promise<T> => {
  const limits = { poolMax: 2, statementTimeoutMs: 10_000, connectTimeoutMs: 10_000 }
  const db = connect({ as: 'owner', ...limits, url, applicationName: 'jejak-test-hand-over', onError: log })
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}
const ask = <Row extends object>(url: string, statement: string): Promise<Row[]> =>
  onDatabase(url, async ({ sql }) => (await sql.query<Row>(statement)).rows)

/** What a release did that knew one role only, its superuser. */
const writeOldData = async (): Promise<void> => {
  const { adminUrl, stop } = await start()
  const outside = new URL(adminUrl)
  outside.pathname = '/postgres'
  for (const statement of ['drop database jejak with (force)', 'drop role jejak_app', 'create database jejak'])
    await ask(outside.href, statement)
  const [row] = await ask<{ dir: string }>(adminUrl, `select current_setting('data_directory') as dir`)
  await rm(join(row!.dir, '../app-password'))
  await migrate({ url: adminUrl, log })
  await migrateQueue(adminUrl)
  await ask(
    adminUrl,
    `create schema "an operator's"; create domain "an operator's".label as text;
     create view "an operator's".parcels as select tracking_number from tracking_cache;
     create materialized view "an operator's".counted as select count(*) from tracking_cache;
     create table "an operator's".notes (id int generated always as identity, serial serial, label "an operator's".label);
     create sequence "an operator's".loose; create type "an operator's".pair as (one int, two int);
     create type "an operator's".span as range (subtype = float8);
     create statistics "an operator's".together (dependencies) on id, label from "an operator's".notes;
     create procedure "an operator's".nothing(text, int) language sql as '';
     create aggregate "an operator's".total(int) (sfunc = int4pl, stype = int)`,
  )
  await stop()
}

/** Who owns what, of all that PostgreSQL did not bring itself. */
const owners = `select what, owner::regrole::text, count(*)::int from (
    select 'database' as what, datdba as owner from pg_database where datname = current_database()
    union all select 'schema', nspowner from pg_namespace where oid >= 16384 and nspname !~ '^pg_'
    union all select 'class ' || relkind::text, relowner from pg_class where oid >= 16384 and relnamespace <> 'pg_toast'::regnamespace
    union all select 'type ' || typtype::text, typowner from pg_type where oid >= 16384 and typnamespace <> 'pg_toast'::regnamespace
    union all select 'routine', proowner from pg_proc where oid >= 16384
    union all select 'statistics', stxowner from pg_statistic_ext) as owned
  group by 1, 2 order by 1, 2`
const listOwners = () => ask<{ what: string; owner: string; count: number }>(server.adminUrl, owners)

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'jejak-test-'))
  await chmod(dataDir, 0o755)
  await writeOldData()
  server = await start()
}, 120_000)
afterAll(async () => {
  await eraseEmbedded(dataDir)
  await rm(dataDir, { recursive: true })
})

test('all that a database from before holds belongs to a role that is no superuser, and another start changes nothing', async () => {
  const owned = await listOwners()
  expect(new Set(owned.map(({ owner }) => owner))).toEqual(new Set(['jejak_app']))
  expect(owned.map(({ what }) => what)).toEqual(expect.arrayContaining(['database', 'class r', 'class S', 'routine']))
  const { url } = server
  await server.stop()
  server = await start()
  expect(new URL(server.url).password).toBe(new URL(url).password)
  expect(await listOwners()).toEqual(owned)
})

test('who gets hold of Jejak’s session cannot run programs, read the server’s files, or become its superuser', async () => {
  const [role] = await ask(server.url, 'select rolname, rolsuper from pg_roles where rolname = current_user')
  expect(role).toEqual({ rolname: 'jejak_app', rolsuper: false })
  await ask(server.url, 'create table taken (line text)')
  for (const attempt of [
    `copy taken from program 'env'`,
    `copy taken from '/etc/passwd'`,
    `select pg_read_file('postmaster.pid')`,
    'alter role jejak_app superuser',
    `alter role jejak password 'mine'`,
    'grant pg_execute_server_program to jejak_app',
    'set role jejak',
    `alter system set archive_command = 'env'`,
  ])
    await expect(ask(server.url, attempt), attempt).rejects.toThrow(/permission denied|must be superuser/)
  await ask(server.url, 'drop table taken')
})

test('a database from before works on: migrations, queue, registering and removing a parcel', async () => {
  const { url } = server
  await migrate({ url, log })
  await migrateQueue(url)
  const env = { SECRET_KEY: 'a secret that only tests know, 32 bytes', DATABASE_URL: url, EASYPARCEL_API_KEY: 'real' }
  const boss = await startBoss({
    as: 'owner',
    url,
    poolMax: 2,
    applicationName: 'jejak-test',
    role: 'work',
    onError: log,
  })
  await onDatabase(url, async (db) => {
    const { organizationId, connectionId } = await prepareInstallation(db, loadConfig(env))
    const deps = {
      db,
      boss,
      clock: readClock,
      contactKeys: deriveContactKeys(['a secret that only tests know, 32 bytes']),
      isDemo: false,
      registerDelayMs: 0,
    }
    const trackings = [{ trackingNumber: '632143239945' }]
    const [parcel] = await registerTrackings(deps, { actor: systemActor, organizationId, connectionId, trackings })
    expect(parcel?.outcome).toBe('created')
    await removeTracking(deps, { actor: systemActor, organizationId, trackingId: parcel!.id })
  })
  await boss.stop()
})
