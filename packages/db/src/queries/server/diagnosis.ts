import { readMigrations } from '../../read-migrations.ts'
import { row, rows, type Sql } from '../../sql.ts'

export type ServerFacts = {
  version: string
  bytes: number
  /** Connections that anyone but an administrator may open, and those open now. */
  connectionsMax: number
  connections: number
}

/** What the server is, and how full. */
export const findServerFacts = async (sql: Sql): Promise<ServerFacts> =>
  (await row<ServerFacts>(
    sql,
    `select current_setting('server_version') as version, pg_database_size(current_database())::float8 as bytes,
            current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as "connectionsMax",
            (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections`,
  ))!

/** Migrations of this release that the database lacks, and those that it has of a newer one. */
export const compareMigrations = async (sql: Sql): Promise<{ applied: number; missing: string[]; newer: string[] }> => {
  const applied = await rows<{ name: string }>(
    sql,
    'select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  )
  const there = new Set(applied.map(({ name }) => name))
  const ours = (await readMigrations()).map(({ name }) => name)
  return {
    applied: there.size,
    missing: ours.filter((name) => !there.has(name)),
    newer: [...there].filter((name) => !ours.includes(name)).sort(),
  }
}

// As Postgres writes the policy `jejak_own` of fence.sql.
const ownRows = `^\\((organization_id|id) = \\( SELECT \\(NULLIF\\(current_setting\\(''app.organization''::text, true\\), ''''::text\\)\\)::bigint`

/** Where the fence lets a shop's session see more than its own rows; empty when it stands. As the owner of the database. */
export const findFenceFaults = async (sql: Sql): Promise<string[]> =>
  (
    await rows<{ fault: string }>(
      sql,
      `with shop as (select oid, rolcanlogin, rolsuper, rolbypassrls from pg_roles where rolname = 'jejak_shop'),
       seen as (
         select c.oid, c.relname, c.relrowsecurity from pg_class c, shop
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_any_column_privilege(shop.oid, c.oid, 'select')
            and (c.relname = 'organizations' or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id')))
       select 'the role jejak_shop does not exist' as fault where not exists (select from shop)
       union all select 'jejak_shop may pass every fence' from shop where rolcanlogin or rolsuper or rolbypassrls
       union all select relname || ' is not fenced' from seen where not relrowsecurity
       union all select relname || ' has no policy that keeps a shop to its rows' from seen
         where not exists (select from pg_policy p where p.polrelid = seen.oid and p.polname = 'jejak_own' and pg_get_expr(p.polqual, p.polrelid) ~ '${ownRows}')
       union all select relname || ' shows more by the policy ' || p.polname from seen join pg_policy p on p.polrelid = seen.oid
         where p.polname <> 'jejak_own' and p.polpermissive and (0 = any (p.polroles) or (select oid from shop) = any (p.polroles))`,
    )
  ).map(({ fault }) => fault)

const findInstant = async (sql: Sql, text: string): Promise<Date | null> =>
  (await row<{ at: Date | null }>(sql, text))?.at ?? null

/** Since when the job that waits longest may start. */
export const findLongestWaitingJob = (sql: Sql) =>
  findInstant(sql, `select min(start_after) as at from pgboss.job where state = 'created'`)

/** When the oldest entry of the audit log was made that no one has sealed. */
export const findOldestUnsealed = (sql: Sql) =>
  findInstant(sql, 'select at from audit_log where chain_no is null order by id limit 1')
