import { rows, run, type Sql } from '../sql.ts'

/** A place for one parcel of an order, empty ones included: `id` is null and the hashes are zeros where there is none. */
export type LookupSeat = { id: string | null; emailHash: string; phoneHash: string; isLocked: boolean }

const zeros = `repeat('0', 64)`
const candidatesMax = 1000

// Named, so that the planner never looks at what was asked: its work, too, must not tell one guess from another.
const lookupSeatsSql = `
  with candidate as (
    select id, organization_id, contact_email_hmac, contact_phone_hmac
      from tracking_cache
     where order_number = any ($1) and archived_at is null
       and ($2::text is null or organization_id = (select id from organizations where slug = $2))
     limit ${candidatesMax}
  ), turn as (
    select *, row_number() over (partition by organization_id order by id desc) as turn from candidate
  ), seated as (
    select *, row_number() over (order by turn, id desc) as seat from turn
  )
  select s.id, coalesce(s.contact_email_hmac, ${zeros}) as "emailHash", coalesce(s.contact_phone_hmac, ${zeros}) as "phoneHash",
         exists (select from lookup_locks where pair_hmac = $3 and locked_until > $4) as "isLocked"
    from generate_series(1, $5::int) as place (seat) left join seated s using (seat)
   order by place.seat`

/**
 * The active parcels of an order, filled up with empty seats to always `limit` rows. Shops take turns, newest parcels first, so that no
 * shop's order crowds out another's of the same number. `isLocked` is the lock of the asked pair, the same in every seat.
 */
export const listLookupSeats = (
  sql: Sql,
  args: { orderNumbers: readonly string[]; shop: string | null; pairHash: string; now: Date; limit: number },
) =>
  rows<LookupSeat>(sql, { name: 'lookup-seats', text: lookupSeatsSql }, [
    args.orderNumbers,
    args.shop,
    args.pairHash,
    args.now,
    args.limit,
  ])

const failedLookupSql = `
  with failed as (
    insert into lookup_locks as pair (pair_hmac, failures, failed_at, locked_until)
    values ($1, 1, $2, case when $5 <= 1 then $4::timestamptz end)
    on conflict (pair_hmac) do update
       set failures = case when pair.locked_until is not null or pair.failed_at < $3 then 1 else pair.failures + 1 end,
           failed_at = $2,
           locked_until = case when $5 <= case when pair.locked_until is not null or pair.failed_at < $3 then 1 else pair.failures + 1 end
                               then $4::timestamptz end
     where pair.locked_until is null or pair.locked_until <= $2
    returning locked_until is not null as has_locked
  )
  insert into security_log (at, kind, subject_hmac, address_hmac, detail)
  select $2, case when has_locked then 'lookup_locked' else 'lookup_failed' end, $6, $7, null from failed
   union all
  select $2, 'lookup_failed', $6, $7, 'while locked' where not exists (select from failed)`

/**
 * Counts a failed look-up of a pair since `countFrom`, locks it until `lockUntil` when it was the last one allowed, and logs it. A locked
 * pair is left as it is, so that a lock always ends; the row's own lock makes the count exact for all processes.
 */
export const recordFailedLookup = (
  sql: Sql,
  args: {
    pairHash: string
    orderHash: string
    addressHash: string
    now: Date
    countFrom: Date
    lockUntil: Date
    failuresMax: number
  },
) =>
  run(sql, { name: 'failed-lookup', text: failedLookupSql }, [
    args.pairHash,
    args.now,
    args.countFrom,
    args.lockUntil,
    args.failuresMax,
    args.orderHash,
    args.addressHash,
  ])

/** Deletes counts and locks of look-ups whose last failure is older than `olderThan`. */
export const deleteOldLookupLocks = (sql: Sql, args: { olderThan: Date; limit: number }) =>
  run(
    sql,
    `delete from lookup_locks where pair_hmac in (
       select pair_hmac from lookup_locks where failed_at < $1 order by failed_at limit $2 for update skip locked)`,
    [args.olderThan, args.limit],
  )
