import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type pg from 'pg'
import { migrate } from '../migrate.ts'
import { type Migration, readMigrations } from '../read-migrations.ts'
import { withClient } from './with-client.ts'

/** What tests work as and own their databases with: no superuser, as little as the product needs. */
export const TEST_ROLE = 'jejak_test'
const passwordOf = (adminUrl: string): string => createHash('sha256').update(adminUrl).digest('hex')

/** A database of the tests' role on the server of `adminUrl`. */
export const testUrl = (adminUrl: string, database: string): string => {
  const changed = new URL(adminUrl)
  changed.username = TEST_ROLE
  changed.password = passwordOf(adminUrl)
  changed.pathname = `/${database}`
  return changed.href
}

// Its databases are many and made at once; the roles of the fence are there from the start, as where an administrator made them.
const fenceRoles = `
  do $$
  declare
    name text;
  begin
    foreach name in array array['jejak_public', 'jejak_shop', 'jejak_lookup', 'jejak_access', 'jejak_worker'] loop
      if not exists (select from pg_roles where rolname = name) then execute format('create role %I nologin', name); end if;
      execute format('grant %I to ${TEST_ROLE}', name);
    end loop;
  end $$`

const ensureRole = async (admin: pg.Client, adminUrl: string): Promise<void> => {
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [TEST_ROLE])
  await admin.query(`${rowCount ? 'alter' : 'create'} role ${TEST_ROLE} login password '${passwordOf(adminUrl)}'`)
  await admin.query(fenceRoles)
  // Only so that a test need not wait a second for each deadlock.
  await admin.query(`grant set on parameter deadlock_timeout to ${TEST_ROLE}`)
}

const nameOf = async (migrations: readonly Migration[]): Promise<string> => {
  const fence = await readFile(new URL('../fence/fence.sql', import.meta.url))
  const hash = createHash('sha256')
    .update(migrations.map(({ name, checksum }) => name + checksum).join())
    .update(fence)
  return `${TEST_ROLE}_template_${hash.digest('hex').slice(0, 12)}`
}

// A server set up without a locale stores SQL_ASCII by default, which our texts cannot be kept in.
const createEmpty = (client: pg.Client, name: string) =>
  client
    .query<{ encoding: string }>(`select current_setting('server_encoding') as encoding`)
    .then(({ rows }) => (rows[0]?.encoding === 'UTF8' ? '' : `template template0 encoding 'UTF8' locale 'C.UTF-8'`))
    .then((options) => client.query(`create database ${name} owner ${TEST_ROLE} ${options}`))

/** Makes the migrated database that tests are cloned from, unless the server has it; its name tells the migrations. */
export const ensureTemplate = (adminUrl: string): Promise<string> =>
  withClient(adminUrl, async (admin) => {
    const name = await nameOf(await readMigrations())
    const unfinished = `${name}_unfinished`
    await admin.query('select pg_advisory_lock(hashtext($1))', [TEST_ROLE])
    await ensureRole(admin, adminUrl)
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
    if (rowCount) return name
    await admin.query(`drop database if exists ${unfinished} with (force)`)
    await createEmpty(admin, unfinished)
    await migrate({ url: testUrl(adminUrl, unfinished), log: () => {} })
    await admin.query(`alter database ${unfinished} rename to ${name}`)
    return name
  })
