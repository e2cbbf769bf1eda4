import { rows, run, type ShopSql, type Sql } from '../../sql.ts'
import { type ParcelRef, type ParcelRow, parcelColumns } from '../parcels/parcel-row.ts'

/** An order with an asked contact, and the parcel it is in. `isShared`: the parcel holds an order of someone else, too. */
export type OrderOfContact = ParcelRef & {
  orderId: string
  orderNumber: string | null
  orderFolded: string | null
  hasEmail: boolean
  hasPhone: boolean
  orderedAt: Date
  isOnItsWay: boolean
  isShared: boolean
}

const fits = (order: string): string =>
  `array[${order}.contact_email_hmac, ${order}.contact_phone_hmac, ${order}.contact_phone2_hmac] && $2::text[]`

/**
 * A shop's orders with one of these contact hashes, parcel by parcel, archived ones too. Reads all orders, unless parcels are named: there is no index
 * of contacts.
 */
export const listOrdersOfContact = (
  shop: ShopSql,
  { hashes, limit, trackingIds }: { hashes: readonly string[]; limit: number; trackingIds?: readonly string[] },
) =>
  rows<OrderOfContact>(shop, {
    text: `with theirs as materialized (
      select * from tracking_orders o
       where o.organization_id = $1 and ${fits('o')} ${trackingIds ? 'and o.tracking_id = any ($4)' : ''}
    ), shared as materialized (
      select distinct other.tracking_id from tracking_orders other
       where other.organization_id = $1 and other.tracking_id in (select tracking_id from theirs) and not ${fits('other')}
    )
    select t.id, t.organization_id as "organizationId", t.tracking_number as "trackingNumber", o.id as "orderId",
           o.order_number as "orderNumber", o.order_folded as "orderFolded", o.registered_at as "orderedAt", t.ended_at is null as "isOnItsWay",
           o.contact_email_hmac is not null as "hasEmail", o.contact_phone_hmac is not null as "hasPhone",
           t.id in (select tracking_id from shared) as "isShared"
      from theirs o join tracking_cache t on t.id = o.tracking_id
     order by t.id, o.id limit $3`,
    values: [shop.organizationId, hashes, limit, ...(trackingIds ? [trackingIds] : [])],
  })

/** These parcels of a shop, as they are stored. */
export const listParcelsToTell = (shop: ShopSql, trackingIds: readonly string[]) =>
  rows<ParcelRow>(shop, {
    text: `select ${parcelColumns} from tracking_cache t join connections c on c.id = t.connection_id
      where t.organization_id = $1 and t.id = any ($2) order by t.id`,
    values: [shop.organizationId, trackingIds],
  })

/** What the log says of these parcels of a shop, in the order of its entries. */
export const listChangesToTell = (shop: ShopSql, trackingIds: readonly string[]) =>
  rows<{
    trackingId: string
    at: Date
    kind: string
    by: string
    detail: string | null
    previousStatus: string | null
    newStatus: string | null
  }>(shop, {
    text: `select tracking_id as "trackingId", at, kind, triggered_by as by, detail, previous_status as "previousStatus", new_status as "newStatus"
       from tracking_update_logs where organization_id = $1 and tracking_id = any ($2) order by id`,
    values: [shop.organizationId, trackingIds],
  })

/** What look-ups and attempts to sign in left behind, by the keyed hashes that they may have. */
export type Traces = { pairs: readonly string[]; subjects: readonly string[]; accounts: readonly string[] }
export type FoundTraces = {
  failedLookups: number
  securityEvents: { at: Date; kind: string; detail: string | null }[]
}
/** Order numbers are alike in many shops: of the security log a shop has what names it. */
type OfShop = { organizationId: string; traces: Traces }

/** What look-ups of a shop left behind. Attempts to sign in are no customer's of a shop, and not told. */
export const findTraces = async (
  sql: Sql,
  { organizationId, traces: { pairs, subjects } }: OfShop,
): Promise<FoundTraces> => {
  const [[counts], securityEvents] = await Promise.all([
    rows<Pick<FoundTraces, 'failedLookups'>>(sql, {
      text: 'select coalesce(sum(failures), 0)::int as "failedLookups" from lookup_locks where pair_hmac = any ($1)',
      values: [pairs],
    }),
    rows<FoundTraces['securityEvents'][number]>(sql, {
      text: 'select at, kind, detail from security_log where organization_id = $1 and subject_hmac = any ($2) order by id',
      values: [organizationId, subjects],
    }),
  ])
  return { ...counts!, securityEvents }
}

/** Removes them; of the security log what they are about, since attacks on a shop are still to be seen. What names no shop is an only shop's. */
export const removeTraces = async (
  sql: Sql,
  { organizationId, traces: { pairs, subjects } }: OfShop,
): Promise<void> => {
  await run(sql, { text: 'delete from lookup_locks where pair_hmac = any ($1)', values: [pairs] })
  await run(sql, {
    text: `update security_log set subject_hmac = null
            where (organization_id = $1 or organization_id is null and not exists (select from organizations where id <> $1))
              and subject_hmac = any ($2)`,
    values: [organizationId, subjects],
  })
}

/** Removes what is left of a customer where no shop is named. For operators alone: the same rows protect other shops and users. */
export const removeTracesOfNoShop = async (sql: Sql, { subjects, accounts }: Traces): Promise<void> => {
  await run(sql, { text: 'delete from sign_in_attempts where subject_hmac = any ($1)', values: [accounts] })
  await run(sql, {
    text: 'update security_log set subject_hmac = null where organization_id is null and subject_hmac = any ($1)',
    values: [subjects],
  })
}
