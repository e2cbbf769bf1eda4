import { row, rows, run, type Sql } from '../../sql.ts'
import { type GateRow, gateColumns } from '../calls/gate.ts'

export type Overview = {
  trackingsByStatus: Record<string, number>
  dueNow: number
  inFlight: number
  requiringAttention: number
  checks: number
  calls: number
}

/** Of the shop with this id, or of `all`, which is the whole installation. */
export type OfShop = { shop: string }

/** The rows of the shop that this parameter names, or of all shops when it says `all`; none when it is null. */
export const isOfShop = (parameter: string) =>
  `(${parameter}::text = 'all' or organization_id = nullif(${parameter}::text, 'all')::bigint)`

/** The state of a shop, or of the whole installation, in one statement; `checks` counts numbers asked in closed calls. Reads every row: not for pages. */
export const findOverview = async (sql: Sql, { now, shop }: OfShop & { now: Date }): Promise<Overview> =>
  (await row<Overview>(sql, {
    text: `select (select coalesce(jsonb_object_agg(status, amount), '{}')
               from (select status, count(*)::int as amount from tracking_cache where archived_at is null and ${isOfShop('$2')} group by status) as by_status
            ) as "trackingsByStatus",
            (select count(*)::int from tracking_schedule where next_update_due <= $1 and ${isOfShop('$2')}) as "dueNow",
            (select count(*)::int from tracking_schedule where call_id is not null and next_update_due > $1 and ${isOfShop('$2')}) as "inFlight",
            (select count(*)::int from tracking_cache where requires_attention and archived_at is null and ${isOfShop('$2')}) as "requiringAttention",
            (select coalesce(sum(batch_size), 0)::int from api_calls where closed_at is not null and ${isOfShop('$2')}) as checks,
            (select count(*)::int from api_calls where ${isOfShop('$2')}) as calls`,
    values: [now, shop],
  }))!

/** One connection as an operator sees it. */
export type ConnectionOverview = GateRow & { api: 'open' | 'classic'; accessTokenExpiresAt: Date | null }

/** The connections of a shop, or all, oldest first. */
export const listConnections = (sql: Sql, { shop }: OfShop) =>
  rows<ConnectionOverview>(sql, {
    text: `select ${gateColumns}, api, access_token_expires_at as "accessTokenExpiresAt"
       from connections where ${isOfShop('$1')} order by id`,
    values: [shop],
  })

/**
 * Writes (or rewrites) the report of the local day `day`, and those of `missed` days that no one wrote, for every connection that made calls on
 * them. Parcels by status are those of now: a missed day has none.
 */
export const saveDailyReports = (sql: Sql, { day, missed }: { day: string; missed: readonly string[] }) =>
  run(sql, {
    text: `with by_status as materialized (
       select connection_id, jsonb_object_agg(status, amount) as statuses
         from (select connection_id, status, count(*) as amount from tracking_cache where archived_at is null group by connection_id, status) as counted
        group by connection_id)
     insert into daily_reports (organization_id, connection_id, day, calls, calls_manual, calls_failed, numbers_asked, numbers_found, trackings_changed,
                                median_duration_ms, trackings_by_status)
     select a.organization_id, a.id, c.budget_day, count(*), count(*) filter (where c.is_manual),
            count(*) filter (where c.outcome is distinct from 'ok'), coalesce(sum(c.batch_size), 0), coalesce(sum(c.found), 0),
            coalesce(sum(c.changed), 0), percentile_cont(0.5) within group (order by c.duration_ms),
            coalesce((select statuses from by_status where connection_id = a.id and c.budget_day = $1::date), '{}')
       from connections a join api_calls c on c.connection_id = a.id and c.budget_day = any ($2::date[] || $1::date)
      where c.budget_day = $1::date or not exists (select from daily_reports r where r.connection_id = a.id and r.day = c.budget_day)
      group by a.id, c.budget_day
     on conflict (connection_id, day) do update
        set calls = excluded.calls, calls_manual = excluded.calls_manual, calls_failed = excluded.calls_failed,
            numbers_asked = excluded.numbers_asked, numbers_found = excluded.numbers_found,
            trackings_changed = excluded.trackings_changed, median_duration_ms = excluded.median_duration_ms`,
    values: [day, missed],
  })
