import { notifyChange } from '../../changes-channel.ts'
import { rows, run, type Tx } from '../../sql.ts'
import type { OrderRow } from './tracking-orders.ts'

/**
 * A parcel as a shop registers it; its first document is already rendered. `countsFrom` is when the number's life before ended: only later
 * scans are of this one.
 */
export type NewTracking = OrderRow & {
  trackingNumber: string
  courier: string | null
  estimatedDelivery: string | null
  bookedAt: string | null
  countsFrom: Date | null
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
         "trackingNumber" text, courier text, "orderNumber" text, "orderFolded" text, "contactEmailHmac" text, "contactPhoneHmac" text,
         "contactPhone2Hmac" text, "estimatedDelivery" date, "bookedAt" timestamptz, "countsFrom" timestamptz, document text,
         "documentVersion" text)
     ), inserted as (
       insert into tracking_cache (organization_id, connection_id, tracking_number, courier, estimated_delivery, booked_at, counts_from,
                                   order_number, contact_email_hmac, contact_phone_hmac, document, document_version, registered_at, changed_at)
       select $1, $2, "trackingNumber", courier, "estimatedDelivery", "bookedAt", "countsFrom", "orderNumber", "contactEmailHmac",
              "contactPhoneHmac", document, "documentVersion", $3, $3
         from asked order by "trackingNumber"
       on conflict (tracking_number, organization_id, archived_at) do nothing
       returning id, tracking_number
     ), scheduled as (
       insert into tracking_schedule (organization_id, tracking_id, connection_id, next_update_due, update_priority, due_because)
       select $1, id, $2, $3, 70, 'registered' from inserted
     ), ordered as (
       insert into tracking_orders (tracking_id, organization_id, order_number, order_folded, contact_email_hmac, contact_phone_hmac,
                                    contact_phone2_hmac, registered_at)
       select id, $1, "orderNumber", "orderFolded", "contactEmailHmac", "contactPhoneHmac", "contactPhone2Hmac", $3
         from inserted join asked on asked."trackingNumber" = tracking_number
        where coalesce("orderNumber", "contactEmailHmac", "contactPhoneHmac") is not null
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

/** What registering a number again depends on: how its life here stands, and which orders it holds. */
export type Life = { id: string; connectionId: string; status: string; endedAt: Date | null; orders: string[] }

/** The lives of these parcels, archived ones left out, by number; with `lock` they stay as they are until the end of the transaction. */
export const findLives = async (
  tx: Tx,
  { ids, lock }: { ids: readonly string[]; lock: boolean },
): Promise<Map<string, Life>> => {
  const found = await rows<Life & { trackingNumber: string }>(
    tx,
    `select t.tracking_number as "trackingNumber", t.id, t.connection_id as "connectionId", t.status, t.ended_at as "endedAt",
            array(select o.order_folded from tracking_orders o where o.tracking_id = t.id and o.order_folded is not null) as orders
       from tracking_cache t where t.id = any ($1) and t.archived_at is null order by t.id ${lock ? 'for update' : ''}`,
    [ids],
  )
  return new Map(found.map(({ trackingNumber, ...life }) => [trackingNumber, life]))
}

/** Archives ended parcels whose numbers begin a new life. */
export const archiveLives = (tx: Tx, { ids, now }: { ids: readonly string[]; now: Date }) =>
  run(
    tx,
    `with unscheduled as (delete from tracking_schedule where tracking_id = any ($1))
     update tracking_cache set archived_at = $2 where id = any ($1) and ended_at is not null`,
    [ids, now],
  )

export type Reopening = {
  trackingId: string
  status: string
  substatus: string | null
  document: string
  documentVersion: string
  bookedAt: string | null
  now: Date
}

/**
 * Brings a parcel that was given up back to life: silence counts from now on, its age from when it was first registered, and it is due at
 * once.
 */
export const reopenTracking = (tx: Tx, { trackingId, now, ...state }: Reopening) =>
  run(
    tx,
    `with reopened as (
       update tracking_cache t
          set status = $3, substatus = $4, ended_at = null, document = $5, document_version = $6, changed_at = $2, registered_at = $2,
              booked_at = coalesce($7, t.booked_at, t.registered_at)
         from (select id, status from tracking_cache where id = $1) before
        where t.id = before.id and t.ended_at is not null
       returning t.id, t.organization_id, t.tracking_number, before.status as was
     ), scheduled as (
       update tracking_schedule s
          set next_update_due = $2, update_priority = 70, due_because = 'registered again', consecutive_failures = 0, batch_limit = null,
              strikes = 0, struck_at = null
         from reopened where s.tracking_id = reopened.id and (s.call_id is null or s.next_update_due <= $2)
     ), noted as (
       insert into tracking_update_logs (organization_id, tracking_id, at, kind, triggered_by, previous_status, new_status)
       select organization_id, id, $2, 'manual', 'registered again', was, $3 from reopened)
     select ${notifyChange('tracking_number')} from reopened`,
    [trackingId, now, state.status, state.substatus, state.document, state.documentVersion, state.bookedAt],
  )
