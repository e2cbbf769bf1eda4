import { priorities } from '../../priorities.ts'
import { run, type Sql } from '../../sql.ts'

// As readers are told (packages/core/src/parcels/freshness.ts), from the schedule alone: parcels that have ended wait for their confirmation at most.
const wasMoved = `call_id is not null or update_priority = ${priorities.manual} or woken_at > coalesce(checked_at, '-infinity')`
const graceSql = `greatest(interval '1 minute', case when ${wasMoved} or checked_at is null then interval '0' else (next_update_due - checked_at) * 0.1 end)`
// Most are on time by the first look; reckoning with a tenth of an interval takes longer than all the rest.
const isOnTime = `last_failure is null and ($1 <= next_update_due + interval '1 minute' or $1 <= next_update_due + ${graceSql})`
const stateSql = `
  case when checked_at is null then case when woken_at is null and ${isOnTime} then 'stale' else 'expired' end
       when checked_at < $1::timestamptz - coalesce(own.ttl, $2::float8) * interval '1 ms' then 'expired'
       when ${isOnTime} then 'fresh' else 'stale' end`

const countSql = `
  with turn as materialized (
    select pg_try_advisory_xact_lock(hashtextextended('jejak count freshness', 0))
       and not exists (select from freshness_counts where at > $1::timestamptz - $3::float8 * interval '1 ms' and at <= $1) as is_ours),
  counted as (
    select connection_id, ${stateSql} as state, count(*) as amount from tracking_schedule
      left join unnest($4::bigint[], $5::float8[]) as own (shop, ttl) on own.shop = organization_id
     where (select is_ours from turn) and next_update_due is not null and update_priority <> ${priorities.confirmation}
     group by 1, 2)
  insert into freshness_counts as f (connection_id, organization_id, at, fresh, stale, expired)
  select c.id, c.organization_id, $1, coalesce(sum(amount) filter (where state = 'fresh'), 0), coalesce(sum(amount) filter (where state = 'stale'), 0),
         coalesce(sum(amount) filter (where state = 'expired'), 0)
    from connections c left join counted on counted.connection_id = c.id
   where (select is_ours from turn)
   group by c.id order by c.id
  on conflict (connection_id) do update set at = excluded.at, fresh = excluded.fresh, stale = excluded.stale, expired = excluded.expired`

type Counting = { now: Date; cacheTtlMs: number; ownCacheTtls?: ReadonlyMap<string, number>; everyMs: number }

/**
 * Counts how fresh the living parcels of each connection are, unless that was done within `everyMs` or is being done. Shops have the `cacheTtlMs`, or their
 * own. Tells of how many connections.
 */
export const countFreshness = (
  sql: Sql,
  { now, cacheTtlMs, ownCacheTtls = new Map(), everyMs }: Counting,
): Promise<number> =>
  run(sql, {
    text: countSql,
    values: [now, cacheTtlMs, everyMs, [...ownCacheTtls.keys()], [...ownCacheTtls.values()]],
  })
