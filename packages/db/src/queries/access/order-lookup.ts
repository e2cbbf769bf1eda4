import { rows, run, type Sql } from '../../sql.ts'

/** A place for one parcel of an order, empty ones included: the ids are null and the hashes are zeros where there is none. */
export type LookupSeat = {
  trackingId: string | null
  orderId: string | null
  emailHash: string
  phoneHash: string
  otherPhoneHash: string
  isLocked: boolean
}

/** No lock that is written now, or was a moment ago, ends after `plausibleUntil`. */
type LockTimes = { now: Date; plausibleUntil: Date }

/** So many parcels of an order are found at most, and as many seats are always dealt. */
export const lookupSeats = 50
const zeros = `repeat('0', 64)`
const candidatesOfShopMax = 1000
const fits = 'array[email_hash, phone_hash, other_phone_hash] && $2::text[]'

// The selects around the values hide them from the planner: its plans for all guesses are one, so that from the sixth look-up of a connection
// on it plans no more. Empty seats are there from the start: one candidate more or less is not what the time goes into.
const lookupSeatsSql = `
  with candidate as (
    select parcel.*
      from organizations shop cross join lateral (
        select o.tracking_id, o.id as order_id, o.organization_id, coalesce(o.contact_email_hmac, ${zeros}) as email_hash,
               coalesce(o.contact_phone_hmac, ${zeros}) as phone_hash, coalesce(o.contact_phone2_hmac, ${zeros}) as other_phone_hash
          from tracking_orders o join tracking_cache t on t.id = o.tracking_id and t.archived_at is null
         where o.order_folded = (select $1::text) and o.organization_id = shop.id
         limit ${candidatesOfShopMax}
      ) parcel
     where (select $3::text) is null or shop.slug = (select $3::text)
     union all
    select null, null, null, ${zeros}, ${zeros}, ${zeros} from generate_series(1, ${lookupSeats})
  ), turn as (
    select *, row_number() over (partition by organization_id order by ${fits} desc, tracking_id desc) as turn
      from candidate
  )
  select tracking_id as "trackingId", order_id as "orderId", email_hash as "emailHash", phone_hash as "phoneHash",
         other_phone_hash as "otherPhoneHash",
         exists (select from lookup_locks where pair_hmac = (select $4::text) and locked_until > (select $5::timestamptz)
                    and locked_until <= (select $6::timestamptz)) as "isLocked"
    from turn
   order by ${fits} desc, tracking_id is null, turn, tracking_id desc
   limit ${lookupSeats}`

/**
 * The active parcels of an order, filled up with empty seats to always `lookupSeats` rows: those with this contact first, then newest first,
 * and shops take turns, so that no shop's order crowds out another's of the same number. Of one shop's order 1,000 parcels are looked at.
 * `isLocked` is the lock of the asked pair, the same in every seat; one that ends after `plausibleUntil` was written by a wrong clock, and is over.
 */
export const listLookupSeats = (
  sql: Sql,
  args: { foldedNumber: string; contactHashes: readonly string[]; shop: string | null; pairHash: string } & LockTimes,
) =>
  rows<LookupSeat>(sql, {
    name: 'lookup-seats',
    text: lookupSeatsSql,
    values: [args.foldedNumber, args.contactHashes, args.shop, args.pairHash, args.now, args.plausibleUntil],
  })

// What lies after $9 was written by a wrong clock: the pair begins anew.
const begins = 'pair.locked_until is not null or pair.failed_at not between $3 and $9'
const failedLookupSql = `
  with failed as (
    insert into lookup_locks as pair (pair_hmac, failures, failed_at, locked_until)
    values ($1, 1, $2, case when $5 <= 1 then $4::timestamptz end)
    on conflict (pair_hmac) do update
       set failures = case when ${begins} then 1 else pair.failures + 1 end,
           failed_at = $2,
           locked_until = case when $5 <= case when ${begins} then 1 else pair.failures + 1 end then $4::timestamptz end
     where pair.locked_until is null or pair.locked_until <= $2 or pair.locked_until > $9
    returning locked_until is not null as has_locked
  )
  insert into security_log (at, organization_id, kind, subject_hmac, address_hmac, detail)
  select $2, (select id from organizations where slug = $8), event.*
    from (select case when has_locked then 'lookup_locked' else 'lookup_failed' end, $6, $7, null from failed
           union all
          select 'lookup_failed', $6, $7, 'while locked' where not exists (select from failed)) as event`

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
    /** The address name of the shop that was asked, if one was. */
    shop: string | null
    countFrom: Date
    lockUntil: Date
    failuresMax: number
  } & LockTimes,
) =>
  run(sql, {
    name: 'failed-lookup',
    text: failedLookupSql,
    values: [
      args.pairHash,
      args.now,
      args.countFrom,
      args.lockUntil,
      args.failuresMax,
      args.orderHash,
      args.addressHash,
      args.shop,
      args.plausibleUntil,
    ],
  })
