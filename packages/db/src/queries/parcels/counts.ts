import { row, rows, type ShopSql, type Sql } from '../../sql.ts'

/**
 * Living parcels by status and reason for attention, of each connection: what was folded, and what has changed since. Triggers write the changes
 * with each parcel; this is a part of a statement that reads both at one instant.
 */
export const countedSql = `
  select organization_id, connection_id, status, attention, amount from tracking_counts
  union all select organization_id, connection_id, status, attention, amount from tracking_count_changes`

// Only one folds at a time: two that update the same counts in another order would wait for each other.
const foldSql = `
  with turn as materialized (select pg_try_advisory_xact_lock(hashtextextended('jejak fold counts', 0)) as is_ours),
  gone as (
    delete from tracking_count_changes
     where (select is_ours from turn) and id in (select id from tracking_count_changes order by id limit $1)
    returning organization_id, connection_id, status, attention, amount),
  folded as (
    insert into tracking_counts as c (organization_id, connection_id, status, attention, amount)
    select organization_id, connection_id, status, attention, sum(amount) from gone group by 1, 2, 3, 4
    on conflict (connection_id, status, attention) do update set amount = c.amount + excluded.amount)
  select count(*)::int as gone from gone`

/** Adds at most so many changes to the counts, the oldest first; returns how many. None while another process does it. */
export const foldCounts = async (sql: Sql, limit: number): Promise<number> =>
  (await row<{ gone: number }>(sql, { text: foldSql, values: [limit] }))?.gone ?? 0

/** How many living parcels all shops have. */
export const countParcels = async (sql: Sql): Promise<number> =>
  (await row<{ parcels: number }>(
    sql,
    `select coalesce(sum(amount), 0)::int as parcels from (${countedSql}) as counted`,
  ))!.parcels

export type StatusCount = { status: string; needsPerson: boolean; amount: number }

/** How many parcels of a shop have each status, those that need a person apart; archived ones are left out. */
export const countStatuses = (shop: ShopSql) =>
  rows<StatusCount>(shop, {
    text: `select status, attention <> '' as "needsPerson", sum(amount)::int as amount from (${countedSql}) as counted
            where organization_id = $1 group by 1, 2 having sum(amount) > 0`,
    values: [shop.organizationId],
  })
