import { rows, type ShopSql } from '../../sql.ts'

/** What of a parcel may be searched for; null for what was not typed. */
export type ParcelSearch = {
  trackingNumber: string | null
  /** Signs of a number, in its one spelling: how it begins, and how it ends, six signs at least. */
  beginning: string | null
  ending: string | null
  orderFolded: string | null
  contactHashes: readonly string[]
  limit: number
}

export type FoundParcel = {
  id: string
  trackingNumber: string
  status: string
  courier: string | null
  orderNumber: string | null
  isArchived: boolean
  fit: 'number' | 'number_begins' | 'number_ends' | 'order' | 'contact'
}

/** The first text after all that begin so, byte by byte. */
const after = (beginning: string): string =>
  beginning.slice(0, -1) + String.fromCharCode(beginning.charCodeAt(beginning.length - 1) + 1)

// Each way has an index of its own; one condition with all of them would have none.
const byContact = (column: string) => `
  (select o.tracking_id, 'contact', 3 from tracking_orders o
    where o.organization_id = $1 and o.${column} is not null and o.${column} = any ($4) order by o.tracking_id desc limit $8::int)`

const findParcelsSql = `
  with fitting (id, fit, place) as (
    (select t.id, 'number', 1 from tracking_cache t where t.organization_id = $1 and t.tracking_number = $2 order by t.id desc limit $8::int)
    union all
    (select o.tracking_id, 'order', 2 from tracking_orders o
      where o.organization_id = $1 and o.order_folded = $3 order by o.tracking_id desc limit $8::int)
    union all ${byContact('contact_email_hmac')}
    union all ${byContact('contact_phone_hmac')}
    union all ${byContact('contact_phone2_hmac')}
    union all
    (select e.id, 'number_ends', 4 from parcels_ending($1, right($5, 6), $8::int) as e (id) where $5::text is not null)
    union all
    (select t.id, 'number_begins', 5 from tracking_cache t
      where t.organization_id = $1 and t.tracking_number collate "C" >= $6 and t.tracking_number collate "C" < $7
      order by t.tracking_number collate "C" limit $8::int)
  ), best as materialized (
    select distinct on (id) id, fit, place from fitting order by id, place
  )
  select t.id, t.tracking_number as "trackingNumber", t.status, t.courier, t.archived_at is not null as "isArchived", best.fit,
         (select o.order_number from tracking_orders o where o.organization_id = $1 and o.tracking_id = t.id and o.order_number is not null
           order by o.order_folded = $3 desc nulls last, o.id desc limit 1) as "orderNumber"
    from best join tracking_cache t on t.id = best.id
   where t.organization_id = $1 and (best.fit <> 'number_ends' or right(t.tracking_number, length($5)) = $5)
   order by best.place, t.archived_at is not null, t.id desc
   limit $8::int`

/** A shop's parcels that fit, those that fit best first. */
export const findParcels = (
  shop: ShopSql,
  { trackingNumber, beginning, ending, orderFolded, contactHashes, limit }: ParcelSearch,
) =>
  rows<FoundParcel>(shop, {
    text: findParcelsSql,
    values: [
      ...[shop.organizationId, trackingNumber, orderFolded, contactHashes, ending],
      ...[beginning, beginning && after(beginning), limit],
    ],
  })
