import { rows, runRow, type Sql, type Tx } from '../../sql.ts'

/** An order's contact as keyed hashes. */
export type ContactHashes = {
  contactEmailHmac: string | null
  contactPhoneHmac: string | null
  contactPhone2Hmac: string | null
  /** Names the key that made them. Null without hashes, and for those of the first key, made before keys had names. */
  contactKeyId: string | null
}

/** One order in a parcel; `orderFolded` is its number in the one spelling that look-ups find. */
export type OrderRow = ContactHashes & { orderNumber: string | null; orderFolded: string | null }

const orderColumns = `o.order_number as "orderNumber", o.order_folded as "orderFolded", o.contact_email_hmac as "contactEmailHmac",
  o.contact_phone_hmac as "contactPhoneHmac", o.contact_phone2_hmac as "contactPhone2Hmac", o.contact_key_id as "contactKeyId"`

export type StoredOrder = OrderRow & { orderId: string }

/** The orders of a parcel, oldest first; undefined when there is no such parcel. */
export const findOrders = async (sql: Sql, trackingId: string): Promise<StoredOrder[] | undefined> => {
  const found = await rows<OrderRow & { orderId: string | null }>(sql, {
    text: `select o.id as "orderId", ${orderColumns} from tracking_cache t left join tracking_orders o on o.tracking_id = t.id
      where t.id = $1 order by o.id`,
    values: [trackingId],
  })
  if (found.length === 0) return undefined
  return found.filter((order): order is StoredOrder => order.orderId !== null)
}

/** Adds orders to parcels; one that a parcel has already stays as it is. Returns the parcels that got one. */
export const addOrders = async (
  tx: Tx,
  args: { organizationId: string; now: Date; orders: readonly (OrderRow & { trackingId: string })[] },
): Promise<string[]> => {
  const added = await rows<{ trackingId: string }>(tx, {
    text: `insert into tracking_orders (tracking_id, organization_id, order_number, order_folded, contact_email_hmac, contact_phone_hmac,
                                  contact_phone2_hmac, contact_key_id, registered_at)
     select "trackingId", $1, "orderNumber", "orderFolded", "contactEmailHmac", "contactPhoneHmac", "contactPhone2Hmac", "contactKeyId", $2
       from jsonb_to_recordset($3::jsonb) as asked (
         "trackingId" bigint, "orderNumber" text, "orderFolded" text, "contactEmailHmac" text, "contactPhoneHmac" text, "contactPhone2Hmac" text,
         "contactKeyId" text)
     on conflict (tracking_id, order_folded) do nothing
     returning tracking_id as "trackingId"`,
    values: [args.organizationId, args.now, JSON.stringify(args.orders)],
  })
  return added.map(({ trackingId }) => trackingId)
}

/**
 * Gives contacts to orders that have none of that kind, of parcels that are locked; what is there stays, and with it the name of its key, which the
 * order needs as long as it is there. Returns the parcels that got one.
 */
export const addContacts = async (
  tx: Tx,
  args: { organizationId: string; orders: readonly (OrderRow & { trackingId: string })[] },
): Promise<string[]> => {
  const given = await rows<{ trackingId: string }>(tx, {
    text: `update tracking_orders o
        set contact_email_hmac = coalesce(o.contact_email_hmac, given.email),
            contact_phone_hmac = coalesce(o.contact_phone_hmac, given.phone),
            contact_phone2_hmac = case when o.contact_phone_hmac is null then given.phone2 else o.contact_phone2_hmac end,
            contact_key_id = case when o.contact_email_hmac is null and o.contact_phone_hmac is null then given.key_id else o.contact_key_id end
       from (select "trackingId", "orderFolded", min("contactEmailHmac") as email, min("contactPhoneHmac") as phone,
                    min("contactPhone2Hmac") as phone2, min("contactKeyId") as key_id
               from jsonb_to_recordset($2::jsonb) as asked (
                 "trackingId" bigint, "orderFolded" text, "contactEmailHmac" text, "contactPhoneHmac" text, "contactPhone2Hmac" text,
                 "contactKeyId" text)
              group by 1, 2) given
      where o.organization_id = $1 and o.tracking_id = given."trackingId" and o.order_folded = given."orderFolded"
        and (o.contact_email_hmac is null and given.email is not null or o.contact_phone_hmac is null and given.phone is not null)
     returning o.tracking_id as "trackingId"`,
    values: [args.organizationId, JSON.stringify(args.orders)],
  })
  return given.map(({ trackingId }) => trackingId)
}

const saveOrderSql = `
  update tracking_orders
     set order_number = :orderNumber, order_folded = :orderFolded, contact_email_hmac = :contactEmailHmac,
         contact_phone_hmac = :contactPhoneHmac, contact_phone2_hmac = :contactPhone2Hmac, contact_key_id = :contactKeyId
   where id = :orderId`

/** Writes what a shop changed of one order. */
export const saveOrder = (tx: Tx, order: StoredOrder) =>
  runRow(tx, { name: 'save-order', text: saveOrderSql, row: order })
