import { rows, run, type Sql, type Tx } from '../../sql.ts'
import { type ParcelRef, refColumns } from '../parcels/parcel-row.ts'

type Aged = { olderThan: Date; limit: number }

/**
 * Locks parcels that ended before `olderThan` and takes them off the schedule, to be archived. Those in a call, and those that somebody is
 * writing to, wait for the next time: this waits for nobody, so it cannot be a part of a deadlock.
 */
export const lockToArchive = (tx: Tx, { olderThan, now, limit }: Aged & { now: Date }) =>
  rows<ParcelRef>(
    tx,
    `with old as (
       select ${refColumns} from tracking_cache where ended_at < $1 and archived_at is null order by ended_at limit $3 for update skip locked
     ), idle as materialized (
       select tracking_id from tracking_schedule
        where tracking_id in (select id from old) and (call_id is null or next_update_due <= $2)
        order by tracking_id for update skip locked
     ), unscheduled as (
       delete from tracking_schedule s using idle where s.tracking_id = idle.tracking_id
     )
     select * from old
      where id in (select tracking_id from idle) or not exists (select from tracking_schedule s where s.tracking_id = old.id)`,
    [olderThan, now, limit],
  )

/** Locks archived parcels that ended before `olderThan`, to be deleted. */
export const lockToDelete = (tx: Tx, { olderThan, limit }: Aged) =>
  rows<ParcelRef>(
    tx,
    `select ${refColumns} from tracking_cache where ended_at < $1 and archived_at is not null
      order by ended_at limit $2 for update skip locked`,
    [olderThan, limit],
  )

/** Deletes update logs written before `olderThan`; those of parcels on their way stay. */
export const deleteOldLogs = (sql: Sql, { olderThan, limit }: Aged) =>
  run(
    sql,
    `delete from tracking_update_logs where id in (
       select l.id from tracking_update_logs l
        where l.at < $1 and not exists (select from tracking_cache t where t.id = l.tracking_id and t.ended_at is null)
        order by l.at limit $2)`,
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
