import { row, rows, type ShopSql, type Sql, type Tx } from '../../sql.ts'
import { defaultFirst } from '../connections/default-first.ts'

type InstallationRow = { isDemo: boolean }

/** What this database is; undefined before the first start. */
export const findInstallation = (sql: Sql) =>
  row<InstallationRow>(sql, `select is_demo as "isDemo" from installation where id = 1`)

/**
 * Remembers once and for all (until `clearDemo`) whether this is a demo; returns what the database already was, if it was something. Many
 * may ask at once. SQL, because every process asks at its start and the ORM's first query takes a sixth of it.
 */
export const saveInstallation = async (sql: Sql, isDemo: boolean): Promise<InstallationRow> => {
  await sql.query('insert into installation (is_demo) values ($1) on conflict (id) do nothing', [isDemo])
  return (await findInstallation(sql))!
}

/** The shop that an installation begins with. */
export const firstShop = 'default'

export type DefaultConnection = { organizationId: string; connectionId: string; api: 'open' | 'classic' }

/** The one shop and the one EasyParcel account of an installation that has no others; created at the first start, the shop without a name. */
export const ensureDefaultConnection = async (
  tx: Tx,
  { api, environment = null }: { api: 'open' | 'classic'; environment?: 'sandbox' | null },
): Promise<DefaultConnection> => {
  await tx.query(`insert into organizations (slug, name) values ('default', '') on conflict (slug) do nothing`)
  await tx.query(`select from organizations where slug = 'default' for update`)
  await tx.query(
    `insert into connections (organization_id, api, environment)
     select id, $1, $2 from organizations o
      where slug = 'default' and not exists (select from connections c where c.organization_id = o.id and c.api = $1)`,
    [api, environment],
  )
  const found = await findConnectionBySlug(tx, { slug: firstShop, api })
  if (!found) throw new Error('The default connection is missing right after it was created')
  return found
}

/** Whether the database holds our tables and those of the queue. */
export const isSchemaThere = async (sql: Sql): Promise<boolean> =>
  (
    await row<{ there: boolean }>(
      sql,
      `select to_regclass('tracking_cache') is not null and to_regclass('pgboss.job') is not null as there`,
    )
  )?.there ?? false

/** The default connection of this kind of the shop with this slug. */
export const findConnectionBySlug = (sql: Sql, { slug, api }: { slug: string; api: 'open' | 'classic' }) =>
  row<DefaultConnection>(sql, {
    text: `select c.organization_id as "organizationId", c.id as "connectionId", c.api
       from connections c join organizations o on o.id = c.organization_id
      where o.slug = $1 and c.api = $2 order by ${defaultFirst('c')} limit 1`,
    values: [slug, api],
  })

/** Creates a shop with an EasyParcel account that is not connected yet; undefined when the slug is taken. */
export const insertShop = (tx: Tx, { slug, name, api }: { slug: string; name: string; api: 'open' | 'classic' }) =>
  row<DefaultConnection>(tx, {
    text: `with shop as (insert into organizations (slug, name) values ($1, $2) on conflict (slug) do nothing returning id)
     insert into connections (organization_id, api) select id, $3 from shop
     returning organization_id as "organizationId", id as "connectionId", api`,
    values: [slug, name, api],
  })

/** All shops of the installation, by slug, with how many people belong to each. */
export const listShops = (sql: Sql) =>
  rows<{ organizationId: string; slug: string; name: string; createdAt: Date; members: number; eraseAt: Date | null }>(
    sql,
    {
      text: `select o.id as "organizationId", o.slug, o.name, o.created_at as "createdAt", (select count(*)::int from memberships m where m.organization_id = o.id) as members,
            o.erase_at as "eraseAt"
       from organizations o order by o.slug limit 1000`,
    },
  )

/** Whether this EasyParcel account is one of this shop. */
export const isConnectionOf = async (shop: ShopSql, connectionId: string) =>
  (await row(shop, {
    text: 'select from connections where organization_id = $1 and id = $2',
    values: [shop.organizationId, connectionId],
  })) !== undefined

/** Which processes of Jejak are connected to this database right now, such as `jejak-worker`; command lines do not count. */
export const listRunningProcesses = async (sql: Sql): Promise<string[]> =>
  (
    await rows<{ name: string }>(
      sql,
      `select distinct substring(application_name from '^jejak-(?:api|worker)') as name from pg_stat_activity
        where datname = current_database() and application_name ~ '^jejak-(api|worker)' order by name`,
    )
  ).map(({ name }) => name)

/** Ends a demo: removes every parcel, log, call and key of it, and whatever else is a shop's, so that the next start may be a real installation. */
export const clearDemo = (tx: Tx) =>
  tx.query(
    `truncate bookings, account_syncs, tracking_update_logs, tracking_schedule, tracking_orders, tracking_cache, api_calls, unread_values, daily_reports, api_keys,
              job_failures, audit_log, audit_head, lookup_locks, security_log, memberships, sessions, connection_logins, account_links, recovery_codes, user_totp, user_addresses, users, sign_in_attempts, migration_batches, migration_runs, shop_settings, own_texts,
              process_minutes, route_hours, system_days, connections, organizations, installation restart identity cascade;
     insert into audit_head default values`,
  )
