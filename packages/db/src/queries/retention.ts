import { run, type Sql } from '../sql.ts'

type Aged = { olderThan: Date; limit: number }

/** Takes parcels that ended before `olderThan` out of daily life: their number may be registered anew, nobody checks them. */
export const archiveEnded = (sql: Sql, { olderThan, now, limit }: Aged & { now: Date }) =>
  run(
    sql,
    `with old as (
       select id from tracking_cache where ended_at < $1 and archived_at is null order by ended_at limit $3 for update skip locked
     ), unscheduled as (
       delete from tracking_schedule s using old where s.tracking_id = old.id
     )
     update tracking_cache t set archived_at = $2 from old where t.id = old.id`,
    [olderThan, now, limit],
  )

/** Deletes archived parcels that ended before `olderThan`, with their logs. */
export const deleteEnded = (sql: Sql, { olderThan, limit }: Aged) =>
  run(
    sql,
    `delete from tracking_cache where id in (
       select id from tracking_cache where ended_at < $1 and archived_at is not null order by ended_at limit $2 for update skip locked)`,
    [olderThan, limit],
  )

/** Deletes update logs written before `olderThan`. */
export const deleteOldLogs = (sql: Sql, { olderThan, limit }: Aged) =>
  run(
    sql,
    `delete from tracking_update_logs where id in (select id from tracking_update_logs where at < $1 order by at limit $2)`,
    [olderThan, limit],
  )

/** Deletes closed calls made before `olderThan`, but none that a connection's day counter still counts. */
export const deleteOldCalls = (sql: Sql, { olderThan, limit }: Aged) =>
  run(
    sql,
    `delete from api_calls where id in (
       select a.id from api_calls a join connections c on c.id = a.connection_id
        where a.closed_at is not null and a.opened_at < $1 and a.budget_day <> c.budget_day order by a.id limit $2)`,
    [olderThan, limit],
  )

/** Deletes reports and unread values not touched since `olderThan`. */
export const deleteOldReports = async (sql: Sql, { olderThan }: Pick<Aged, 'olderThan'>): Promise<number> =>
  (await run(sql, `delete from daily_reports where day < $1::timestamptz::date`, [olderThan])) +
  (await run(sql, `delete from unread_values where last_seen_at < $1`, [olderThan]))
