import { notifyChange } from '../changes-channel.ts'
import { rows, type Tx } from '../sql.ts'

/** A parcel as a shop registers it; its first document is already rendered. */
export type NewTracking = {
  trackingNumber: string
  courier: string | null
  orderNumber: string | null
  contactEmailHmac: string | null
  contactPhoneHmac: string | null
  estimatedDelivery: string | null
  document: string
  documentVersion: string
}

export type RegisteredTracking = { id: string; trackingNumber: string; isNew: boolean }

/**
 * Inserts those that are not registered yet, each due at once and urgent, and tells the id of all of them. Rows are written in the order of
 * their numbers, so that overlapping batches never wait for each other in a circle. Numbers must be distinct within one batch. Only a number
 * that was already here, archived or at another shop, can have a reader waiting for its change: of a wholly new one nobody is told.
 */
export const insertTrackings = (
  tx: Tx,
  args: { organizationId: string; connectionId: string; now: Date; trackings: readonly NewTracking[] },
) =>
  rows<RegisteredTracking>(
    tx,
    // Known numbers are looked up one by one: until the table has statistics, a join reads all rows of the shop for each batch.
    `with asked as (
       select * from jsonb_to_recordset($4::jsonb) as asked (
         "trackingNumber" text, courier text, "orderNumber" text, "contactEmailHmac" text, "contactPhoneHmac" text,
         "estimatedDelivery" date, document text, "documentVersion" text)
     ), inserted as (
       insert into tracking_cache (organization_id, connection_id, tracking_number, courier, order_number, contact_email_hmac,
                                   contact_phone_hmac, estimated_delivery, document, document_version, registered_at, changed_at)
       select $1, $2, "trackingNumber", courier, "orderNumber", "contactEmailHmac", "contactPhoneHmac", "estimatedDelivery",
              document, "documentVersion", $3, $3
         from asked order by "trackingNumber"
       on conflict (tracking_number, organization_id, archived_at) do nothing
       returning id, tracking_number
     ), scheduled as (
       insert into tracking_schedule (tracking_id, connection_id, next_update_due, update_priority, due_because)
       select id, $2, $3, 70, 'registered' from inserted
     ), known_before as (
       select distinct t.tracking_number from inserted join tracking_cache t using (tracking_number)
     ), told as (
       select count(${notifyChange('tracking_number')}::text) as times from known_before
     )
     select id, tracking_number as "trackingNumber", true as "isNew" from inserted, told
     union all
     select known.id, asked."trackingNumber", false
       from asked
       cross join lateral (
         select t.id from tracking_cache t
          where t.organization_id = $1 and t.tracking_number = asked."trackingNumber" and t.archived_at is null limit 1) known
      where not exists (select from inserted where inserted.tracking_number = asked."trackingNumber")`,
    [args.organizationId, args.connectionId, args.now, JSON.stringify(args.trackings)],
  )
