import { run, type Sql } from '../../sql.ts'

type Aged = { olderThan: Date; limit: number }

/**
 * Takes parcels that ended before `olderThan` out of daily life: their number may be registered anew, nobody checks them. Those in a call, and
 * those that somebody is writing to, wait for the next time: this waits for nobody, so it cannot be a part of a deadlock.
 */
export const archiveEnded = (sql: Sql, { olderThan, now, limit }: Aged & { now: Date }) =>
  run(
    sql,
    `with old as (
       select id from tracking_cache where ended_at < $1 and archived_at is null order by ended_at limit $3 for update skip locked
     ), idle as materialized (
       select tracking_id from tracking_schedule
        where tracking_id in (select id from old) and (call_id is null or next_update_due <= $2)
        order by tracking_id for update skip locked
     ), free as materialized (
       select id from old
        where id in (select tracking_id from idle) or not exists (select from tracking_schedule s where s.tracking_id = old.id)
     ), unscheduled as (
       delete from tracking_schedule s using idle where s.tracking_id = idle.tracking_id
     )
     update tracking_cache t set archived_at = $2 from free where t.id = free.id`,
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

/** Deletes reports of days before `olderThan`. */
export const deleteOldReports = (sql: Sql, { olderThan }: Pick<Aged, 'olderThan'>) =>
  run(sql, `delete from daily_reports where day < $1::timestamptz::date`, [olderThan])

/** Deletes unread values that did not come again since `olderThan`. */
export const deleteOldUnreadValues = (sql: Sql, { olderThan }: Pick<Aged, 'olderThan'>) =>
  run(sql, `delete from unread_values where last_seen_at < $1`, [olderThan])
