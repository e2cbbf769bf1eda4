import { rows, run, type Sql, type Tx } from '../../sql.ts'
import { type ParcelRef, refColumns } from '../parcels/parcel-row.ts'

type Aged = { olderThan: Date; limit: number }

/**
 * Locks parcels that ended before `olderThan` and takes them off the schedule, to be archived. Those in a call, and those that someone is
 * writing to, wait for the next time: this waits for no one, so it cannot be a part of a deadlock.
 */
export const lockToArchive = (tx: Tx, { olderThan, now, limit }: Aged & { now: Date }) =>
  rows<ParcelRef>(tx, {
    text: `with old as (
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
    values: [olderThan, now, limit],
  })

/** Locks archived parcels that ended before `olderThan`, to be deleted. */
export const lockToDelete = (tx: Tx, { olderThan, limit }: Aged) =>
  rows<ParcelRef>(tx, {
    text: `select ${refColumns} from tracking_cache where ended_at < $1 and archived_at is not null
      order by ended_at limit $2 for update skip locked`,
    values: [olderThan, limit],
  })

// Before $1, so many as $2, the oldest first.
const oldRowsSql = {
  // Those of parcels on their way stay.
  logs: `
    delete from tracking_update_logs where id in (
      select l.id from tracking_update_logs l
       where l.at < $1 and not exists (select from tracking_cache t where t.id = l.tracking_id and t.ended_at is null)
       order by l.at limit $2)`,
  // Closed ones, but none that a connection's day counter still counts.
  calls: `
    delete from api_calls where id in (
      select a.id from api_calls a join connections c on c.id = a.connection_id
       where a.closed_at is not null and a.opened_at < $1 and a.budget_day <> c.budget_day order by a.id limit $2)`,
  // Those of which no parcel is left, or none was made.
  bookings: `
    delete from bookings where id in (
      select id from bookings
       where tracking_id is null and collection_day < $1::timestamptz::date or collection_day is null and tracking_id is null and listed_at < $1
       order by id limit $2 for update skip locked)`,
  lookups: `
    delete from lookup_locks where pair_hmac in (
      select pair_hmac from lookup_locks where failed_at < $1 order by failed_at limit $2 for update skip locked)`,
  answers: `delete from kept_answers where key_hmac in (select key_hmac from kept_answers where at < $1 order by at limit $2)`,
  security: `delete from security_log where id in (select id from security_log where at < $1 order by at limit $2)`,
  sessions: `delete from sessions where id in (select id from sessions where seen_at < $1 order by seen_at limit $2)`,
  signIns: `
    delete from sign_in_attempts where subject_hmac in (
      select subject_hmac from sign_in_attempts where last_at < $1 order by last_at limit $2 for update skip locked)`,
  accountLinks: `
    delete from account_links where id in (select id from account_links where expires_at < $1 order by expires_at limit $2)`,
  connectionLogins: `
    delete from connection_logins where state_hash in (
      select state_hash from connection_logins where created_at < $1 order by created_at limit $2)`,
  userAddresses: `
    delete from user_addresses where (user_id, address_hmac) in (
      select user_id, address_hmac from user_addresses where last_at < $1 order by last_at limit $2 for update skip locked)`,
  // Parcels first: a run may have tens of thousands.
  refreshParcels: `
    delete from refresh_run_parcels where ctid = any (array(
      select p.ctid from refresh_runs r join refresh_run_parcels p on p.run_id = r.id where r.ended_at < $1 order by r.ended_at limit $2))`,
  refreshRuns: `
    delete from refresh_runs where id in (
      select r.id from refresh_runs r
       where r.ended_at < $1 and not exists (select from refresh_run_parcels p where p.run_id = r.id) order by r.ended_at limit $2)`,
  // What they made can be taken back only as long as the log tells who touched it.
  migrationBatches: `
    delete from migration_batches where (run_id, no) in (
      select run_id, no from migration_batches where saved_at < $1 order by saved_at limit $2 for update skip locked)`,
  migrationRuns: `
    delete from migration_runs where id in (
      select id from migration_runs where saved_at < $1 order by saved_at limit $2 for update skip locked)`,
  undos: `delete from undos where id in (select id from undos where at < $1 order by at limit $2 for update skip locked)`,
  reports: `
    delete from daily_reports where (connection_id, day) in (
      select connection_id, day from daily_reports where day < $1::timestamptz::date order by day limit $2)`,
  processMinutes: `
    delete from process_minutes where (at, process) in (select at, process from process_minutes where at < $1 order by at limit $2)`,
  routeHours: `delete from route_hours where (hour, route) in (select hour, route from route_hours where hour < $1 order by hour limit $2)`,
  readHours: `delete from read_hours where id in (select id from read_hours where hour < $1 order by hour limit $2)`,
  courierDays: `
    delete from courier_days where (organization_id, day, courier) in (
      select organization_id, day, courier from courier_days where day < $1::timestamptz::date order by day limit $2)`,
  parcelWeeks: `
    delete from parcel_weeks where (organization_id, week, courier, state) in (
      select organization_id, week, courier, state from parcel_weeks where week < $1::timestamptz::date order by week limit $2)`,
  readDays: `
    delete from read_days where (organization_id, day, way, language) in (
      select organization_id, day, way, language from read_days where day < $1::timestamptz::date order by day limit $2)`,
  systemDays: `delete from system_days where day in (select day from system_days where day < $1::timestamptz::date order by day limit $2)`,
  // Those that did not come again since.
  unread: `
    delete from unread_values where (connection_id, kind, value) in (
      select connection_id, kind, value from unread_values where last_seen_at < $1 order by last_seen_at limit $2 for update skip locked)`,
}

/** What is deleted by its age alone. */
export type AgedRows = keyof typeof oldRowsSql

/** Deletes what is older than `olderThan`; tells how many rows. */
export const deleteOld = (sql: Sql, { rows: kind, olderThan, limit }: Aged & { rows: AgedRows }) =>
  run(sql, { text: oldRowsSql[kind], values: [olderThan, limit] })
