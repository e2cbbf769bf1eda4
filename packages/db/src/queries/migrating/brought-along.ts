import { rows, run, type ShopSql, type ShopTx } from '../../sql.ts'
import type { GivenContact } from './migration-runs.ts'

/** A life of a number at the shop, archived ones too. */
export type KnownNumber = { id: string; trackingNumber: string; endedAt: Date | null; isArchived: boolean }

export const findNumbers = (shop: ShopSql, trackingNumbers: readonly string[]) =>
  rows<KnownNumber>(shop, {
    text: `select id, tracking_number as "trackingNumber", ended_at as "endedAt", archived_at is not null as "isArchived"
             from tracking_cache where organization_id = $1 and tracking_number = any ($2) order by id`,
    values: [shop.organizationId, trackingNumbers],
  })

/** The orders of these parcels, as they can be told from each other. */
export const findOrderIds = (shop: ShopSql, trackingIds: readonly string[]) =>
  rows<{ orderId: string; trackingId: string; orderFolded: string | null }>(shop, {
    text: `select id as "orderId", tracking_id as "trackingId", order_folded as "orderFolded"
             from tracking_orders where organization_id = $1 and tracking_id = any ($2)`,
    values: [shop.organizationId, trackingIds],
  })

/** Which parcels these orders are in. */
export const findParcelsOfOrders = (shop: ShopSql, orderIds: readonly string[]) =>
  rows<{ orderId: string; trackingId: string }>(shop, {
    text: `select id as "orderId", tracking_id as "trackingId" from tracking_orders where organization_id = $1 and id = any ($2)`,
    values: [shop.organizationId, orderIds],
  })

/** Of these parcels those to which someone else did something since an instant; with `onlyOrders`, to their orders and contacts. */
export const findTouched = async (
  shop: ShopSql,
  args: { trackingIds: readonly string[]; by: readonly string[]; since: Date; onlyOrders: boolean },
): Promise<Set<string>> => {
  const touched = await rows<{ id: string }>(shop, {
    text: `select distinct tracking_id as id from tracking_update_logs
            where organization_id = $1 and tracking_id = any ($2) and at >= $3 and not triggered_by = any ($4)
              and (not $5 or kind = 'shop_changed' and detail ~ '(contact|orderNumber)')`,
    values: [shop.organizationId, args.trackingIds, args.since, args.by, args.onlyOrders],
  })
  return new Set(touched.map(({ id }) => id))
}

/** Of these parcels those that got an order after an instant. */
export const findJoinedAfter = async (
  shop: ShopSql,
  args: { trackingIds: readonly string[]; after: Date },
): Promise<Set<string>> => {
  const joined = await rows<{ id: string }>(shop, {
    text: `select distinct tracking_id as id from tracking_orders
            where organization_id = $1 and tracking_id = any ($2) and registered_at > $3`,
    values: [shop.organizationId, args.trackingIds, args.after],
  })
  return new Set(joined.map(({ id }) => id))
}

/** Takes contacts off orders of parcels that are locked. */
export const removeGivenContacts = (tx: ShopTx, contacts: readonly GivenContact[]) =>
  run(tx, {
    text: `update tracking_orders o
              set contact_email_hmac = case when given.email then null else o.contact_email_hmac end,
                  contact_phone_hmac = case when given.phone then null else o.contact_phone_hmac end,
                  contact_phone2_hmac = case when given.phone then null else o.contact_phone2_hmac end,
                  contact_key_id = case when given.key then null else o.contact_key_id end
             from jsonb_to_recordset($2::jsonb) as given ("orderId" bigint, email boolean, phone boolean, key boolean)
            where o.organization_id = $1 and o.id = given."orderId"`,
    values: [tx.organizationId, JSON.stringify(contacts)],
  })

/** A parcel with its orders, as a sample is compared. */
export type SampledOrder = {
  trackingNumber: string
  courier: string | null
  status: string
  registeredAt: Date
  bookedAt: Date | null
  estimatedDelivery: string | null
  orderFolded: string | null
  contactHashes: (string | null)[]
}

/** These parcels, archived ones too, one row for each of their orders. */
export const listSampled = (shop: ShopSql, trackingNumbers: readonly string[]) =>
  rows<SampledOrder>(shop, {
    text: `select t.tracking_number as "trackingNumber", t.courier, t.status, t.registered_at as "registeredAt", t.booked_at as "bookedAt", t.estimated_delivery as "estimatedDelivery",
                  o.order_folded as "orderFolded", array[o.contact_email_hmac, o.contact_phone_hmac, o.contact_phone2_hmac] as "contactHashes"
             from tracking_cache t left join tracking_orders o on o.organization_id = $1 and o.tracking_id = t.id
            where t.organization_id = $1 and t.tracking_number = any ($2)`,
    values: [shop.organizationId, trackingNumbers],
  })
