import type pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { migrate } from '../migrate.ts'
import type { Sql } from '../sql.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { withClient } from '../testing/with-client.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const own = (key: string) =>
  `jejak_own * to jejak_shop: (${key} = ( SELECT (NULLIF(current_setting('app.organization'::text, true), ''::text))::bigint AS "nullif"))`
const policies = (key = 'organization_id') => [
  'jejak_all * to jejak_access,jejak_worker: true',
  'jejak_lookups * to jejak_lookup: true',
  own(key),
  'jejak_read r to jejak_public: true',
]

/** Every table, and what keeps its rows apart: the policies of a shop's rows, or the reason why there are none. */
const tables: Record<string, string[] | string> = {
  ...{ organizations: policies('id'), connections: policies(), connection_logins: policies() },
  shop_settings: policies(),
  ...{ tracking_cache: policies(), tracking_orders: policies(), tracking_schedule: policies() },
  ...{ tracking_update_logs: policies(), api_calls: policies(), unread_values: policies(), daily_reports: policies() },
  ...{ job_failures: policies(), security_log: policies(), call_parcels: policies(), read_hours: policies() },
  ...{ bookings: policies(), account_syncs: policies() },
  ...{ freshness_counts: policies(), courier_days: policies() },
  ...{ tracking_counts: policies(), tracking_count_changes: policies() },
  kept_answers: [
    `jejak_kept * to jejak_access: (kept_by = 'access'::text)`,
    own('organization_id'),
    'jejak_work * to jejak_worker: true',
  ],
  ...{ refresh_runs: policies(), refresh_run_parcels: policies() },
  ...{ migration_runs: policies(), migration_batches: policies() },
  ...{ attention_cases: policies(), parcel_notes: policies(), undos: policies() },
  saved_views: policies(),
  ...{ counted_parcels: policies(), parcel_weeks: policies(), read_days: policies() },
  audit_log: [
    'jejak_add a to jejak_access,jejak_worker: true',
    `jejak_cut d to jejak_worker: (sealed_at < (now() - '30 days'::interval))`,
    'jejak_look r to jejak_worker: true',
    own('organization_id'),
    'jejak_read r to jejak_public: true',
    'jejak_seal w to jejak_worker: (chain_no IS NULL)true',
  ],
  installation: 'is about no shop',
  own_texts: 'is about no shop: what texts of couriers mean',
  process_minutes: 'is about no shop: how each process is',
  route_hours: 'is about no shop: how each route answers',
  system_days: 'is about no shop: how large the database is',
  rule_checks: 'is about no shop: which rules of the database hold',
  audit_head: 'is about no shop: where the chain of the audit log ends',
  lookup_locks: 'is counted before anyone knows the shop',
  api_keys: 'is read to find out the shop',
  users: 'belongs to people, who may be in several shops',
  memberships: 'is read to find out the shop',
  sessions: 'belongs to people',
  user_addresses: 'belongs to people',
  account_links: 'is read before anyone knows who it is',
  user_totp: 'belongs to people',
  recovery_codes: 'belongs to people',
  sign_in_attempts: 'is counted before anyone knows who it is',
  _prisma_migrations: 'is about no shop: what was done to the schema',
}

const fenceOf = async (sql: Sql): Promise<Record<string, string[] | string>> => {
  const { rows } = await sql.query<{ table: string; isFenced: boolean; policies: string[] }>(`
    select c.relname as "table", c.relrowsecurity as "isFenced",
           array(select format('%s %s to %s: %s', polname, polcmd, array_to_string(array(select rolname from pg_roles where oid = any (polroles) order by 1), ','),
                               coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), ''))
                   from pg_policy where polrelid = c.oid order by polname) as policies
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')`)
  return Object.fromEntries(
    rows.map(({ table, isFenced, policies }) => {
      const reason = tables[table]
      return [table, isFenced ? policies : typeof reason === 'string' ? reason : 'nothing keeps its rows apart']
    }),
  )
}

/** Looks at the database as it is after a change, which is undone. */
const after = async <T>(change: string, look: (sql: Sql) => Promise<T>): Promise<T> => {
  const client = await db.pool.connect()
  try {
    await client.query('begin')
    await client.query(change)
    return await look(client)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

test('every table is fenced, or named here with the reason why it is not', async () => {
  expect(await fenceOf(db.pool)).toEqual(tables)
})

test.each([
  ['a policy that is gone', 'drop policy jejak_own on tracking_cache'],
  ['a fence that is switched off', 'alter table tracking_orders disable row level security'],
  ['a policy that is wider', 'alter policy jejak_own on tracking_orders using (true)'],
  ['a policy for someone else', 'alter policy jejak_all on connections to jejak_shop'],
  ['a new table', 'create table extra (id int)'],
])('%s is noticed', async (_, change) => {
  expect(await after(change, fenceOf)).not.toEqual(tables)
})

const roles = ['jejak_public', 'jejak_shop', 'jejak_lookup', 'jejak_access', 'jejak_worker']

const whoMay = async (privilege: string, table: string, column?: string): Promise<string[]> => {
  const { rows } = await db.pool.query<{ role: string }>(
    column
      ? `select role from unnest($1::text[]) as role where has_column_privilege(role, $2, $4, $3)`
      : `select role from unnest($1::text[]) as role where has_table_privilege(role, $2, $3) or $4::text is not null`,
    [roles, table, privilege, column ?? null],
  )
  return rows.map(({ role }) => role)
}

test.each<[string, string, string, string | undefined, string[]]>([
  ['passwords', 'select', 'users', 'password_hash', ['jejak_access', 'jejak_worker']],
  ['sessions', 'select', 'sessions', 'token_hash', ['jejak_access', 'jejak_worker']],
  ['API keys', 'select', 'api_keys', 'hash', ['jejak_access', 'jejak_worker']],
  ['the tokens of EasyParcel', 'select', 'connections', 'sealed_access_token', ['jejak_worker']],
  [
    'buyers’ contacts',
    'select',
    'tracking_orders',
    'contact_email_hmac',
    ['jejak_shop', 'jejak_lookup', 'jejak_worker'],
  ],
  ['scans as they are stored', 'select', 'tracking_cache', 'events', ['jejak_shop', 'jejak_lookup', 'jejak_worker']],
  ['what looked like an attack', 'select', 'security_log', 'detail', ['jejak_access', 'jejak_worker']],
])('%s are read by those alone who need them', async (_, privilege, table, column, expected) => {
  expect(await whoMay(privilege, table, column)).toEqual(expected)
})

test('what was done is only ever added to the audit log by who acts', async () => {
  for (const privilege of ['update', 'truncate']) expect(await whoMay(privilege, 'audit_log')).toEqual([])
  expect(await whoMay('delete', 'audit_log')).toEqual(['jejak_worker'])
  for (const column of ['act', 'actor', 'detail', 'at']) expect(await whoMay('update', 'audit_log', column)).toEqual([])
  expect(await whoMay('insert', 'audit_log', 'hash')).toEqual([])
})

test('no role of the fence can empty a table, which no policy sees, change one, or log in', async () => {
  for (const table of Object.keys(tables)) expect(await whoMay('truncate', table)).toEqual([])
  const { rows } = await db.pool.query(
    `select from pg_roles where rolname like 'jejak\\_%' and rolname = any ($1)
        and (rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or has_schema_privilege(rolname, 'public', 'create'))`,
    [roles],
  )
  expect(rows).toEqual([])
})

test('raising the fence again takes no lock that anyone waits for', async () => {
  const reader = await db.pool.connect()
  await reader.query('begin')
  await reader.query('select from tracking_cache')
  const tables = { waitMs: 200, tries: 1, pauseMs: 1 }
  expect(await migrate({ url: db.url, log: () => {}, tables })).toEqual([])
  await reader.query('rollback')
  reader.release()
})

/** A database that belongs to a role of its own, made with these rights. */
const withOwner = async (rights: string, work: (url: string, owner: string, admin: pg.Client) => Promise<void>) => {
  const { adminUrl } = inject('postgres')
  const { url } = db
  const owner = `jejak_test_owner_${Math.random().toString(36).slice(2)}`
  const ownUrl = new URL(url)
  Object.assign(ownUrl, { username: owner, password: owner, pathname: `/${owner}` })
  await withClient(adminUrl, async (admin) => {
    await admin.query(`create role ${owner} login ${rights} password '${owner}'`)
    await admin.query(`create database ${owner} template template0 owner ${owner}`)
    try {
      await work(ownUrl.href, owner, admin)
    } finally {
      await admin.query(`drop database ${owner} with (force)`)
      await admin.query(`drop role ${owner}`)
    }
  })
}

test('an owner who may not make the roles is given the lines for the administrator, and a start after these goes on', () =>
  withOwner('', async (url, owner, admin) => {
    const error = await migrate({ url, log: () => {} }).catch((cause: Error) => cause)
    expect(error).toMatchObject({ name: 'MigrationError', message: expect.stringContaining('FENCE=off') })
    const lines = (error as Error).message.split('\n').filter((line) => line.startsWith('  '))
    expect(lines).toEqual(roles.map((role) => `  grant ${role} to ${owner};`))
    await admin.query(lines.join('\n'))
    await migrate({ url, log: () => {} })
    await withClient(url, async (client) => expect(await fenceOf(client)).toEqual(tables))
  }))

test('without the fence such an owner gets every table all the same', () =>
  withOwner('', async (url) => {
    await migrate({ url, log: () => {}, isFenced: false })
    await withClient(url, async (client) => {
      await client.query('select from tracking_cache')
      expect((await fenceOf(client)).tracking_cache).toBe('nothing keeps its rows apart')
    })
  }))
