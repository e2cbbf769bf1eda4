import { priorities } from '../../priorities.ts'
import { row, rows, run, type Sql } from '../../sql.ts'
import { type StandingRow, standingColumns } from '../calls/gate.ts'
import { faceJson, type ShopFaceRow } from '../shops/shop.ts'
import { type FreshnessOfSchedule, freshnessColumns } from './freshness-columns.ts'

/** One public document with what its freshness depends on. */
export type TrackingDocumentRow = FreshnessOfSchedule &
  StandingRow & {
    id: string
    organizationId: string
    trackingNumber: string
    status: string
    document: string
    documentVersion: string
    registeredAt: Date
    changedAt: Date
    confirmedAt: Date | null
  }

const documentColumns = `
         t.id, t.organization_id as "organizationId", t.tracking_number as "trackingNumber", t.status, t.document, t.document_version as "documentVersion",
         t.registered_at as "registeredAt", coalesce(t.document_changed_at, t.changed_at) as "changedAt", t.confirmed_at as "confirmedAt",
         ${freshnessColumns}, ${standingColumns}`

const documentTables = `tracking_cache t
    join connections c on c.id = t.connection_id
    left join tracking_schedule s on s.tracking_id = t.id`

// The select around the numbers hides how many there are from the planner: otherwise it plans every execution again, which took three times as
// long as running it.
const documentsSql = `
  select distinct on (t.tracking_number) ${documentColumns}
    from ${documentTables}
   where t.tracking_number = any ((select $1::text[])::text[])
     and (t.archived_at is null or not exists (
       select from tracking_cache own
        where own.tracking_number = t.tracking_number and own.organization_id = t.organization_id and own.id > t.id))
   order by t.tracking_number, t.confirmed_at is null, t.archived_at is not null, t.confirmed_at, t.registered_at, t.id`

/**
 * The documents of these numbers, at most one each. If several shops hold a number, the earliest one that EasyParcel has confirmed wins,
 * so that no one takes a number over by registering it. A named statement: each connection plans it once.
 */
export const findTrackingDocuments = (sql: Sql, trackingNumbers: readonly string[]) =>
  rows<TrackingDocumentRow>(sql, { name: 'tracking-documents', text: documentsSql, values: [trackingNumbers] })

const shopDocumentsSql = `
  select distinct on (o.slug, t.tracking_number) ${documentColumns}, o.slug as shop
    from unnest($1::text[], $2::text[]) as asked (slug, tracking_number)
    join organizations o on o.slug = asked.slug
    join (${documentTables}) on t.organization_id = o.id and t.tracking_number = asked.tracking_number
   order by o.slug, t.tracking_number, t.archived_at is not null, t.id desc`

/** The documents of these numbers at these shops, at most one each: a shop's active parcel, else its newest archived one. */
export const findShopDocuments = (sql: Sql, asked: readonly { shop: string; trackingNumber: string }[]) =>
  rows<TrackingDocumentRow & { shop: string }>(sql, {
    name: 'shop-documents',
    text: shopDocumentsSql,
    values: [asked.map(({ shop }) => shop), asked.map(({ trackingNumber }) => trackingNumber)],
  })

/** What a buyer may see of a parcel beyond its public document; `events` are the stored scans, as they are. */
export type BuyerTrackingRow = TrackingDocumentRow & {
  orderNumber: string | null
  events: string
  api: 'open' | 'classic'
  bookedAt: Date | null
  countsFrom: Date | null
  shop: ShopFaceRow
}

/** A parcel, and which of its orders a reader proved to be his; null when it holds none. */
export type ProvenOrder = { trackingId: string; orderId: string | null }

/** These parcels for a reader who proved to be their buyer, newest first; of their orders only the proven one. */
export const findBuyerTrackings = (sql: Sql, proven: readonly ProvenOrder[]) =>
  rows<BuyerTrackingRow>(sql, {
    text: `select ${documentColumns}, proven_order.order_number as "orderNumber", t.events, c.api,
            t.booked_at as "bookedAt", t.counts_from as "countsFrom", ${faceJson} as shop
       from unnest($1::bigint[], $2::bigint[]) as proven (tracking_id, order_id)
       join (${documentTables}) on t.id = proven.tracking_id
       join organizations o on o.id = t.organization_id
       left join tracking_orders proven_order on proven_order.id = proven.order_id and proven_order.tracking_id = t.id
      where proven.order_id is null or proven_order.id is not null
      order by t.registered_at desc, t.id desc`,
    values: [proven.map(({ trackingId }) => trackingId), proven.map(({ orderId }) => orderId)],
  })

/** The id of the shop that a parcel belongs to; undefined when it is gone. */
export const findShopOfTracking = async (sql: Sql, trackingId: string): Promise<string | undefined> =>
  (
    await row<{ id: string }>(sql, {
      text: 'select organization_id as id from tracking_cache where id = $1',
      values: [trackingId],
    })
  )?.id

/**
 * Makes trackings urgent and due now, unless they are in flight, ended, were answered after `checkedBefore` or woken after `wokenBefore`; all
 * by the database's clock, so that a reader whose own is wrong wakes nothing. What is overdue in a slower class moves too: that is how most
 * answers expire. What is urgent and due already is only noted as woken, so that readers let it rest.
 */
export const wakeTrackings = (
  sql: Sql,
  args: { trackingIds: readonly string[]; now: Date; checkedBefore: Date; wokenBefore: Date },
) =>
  run(sql, {
    text: `with asked as (
       select tracking_id, update_priority > ${priorities.urgent} or next_update_due > $2 as waits from tracking_schedule
        where tracking_id = any ($1) and call_id is null and update_priority <> ${priorities.confirmation} and next_update_due is not null
          and batch_limit is null and consecutive_failures = 0
          and (woken_at is null or woken_at < $3 or woken_at > $2) and (checked_at is null or checked_at < $4)
        order by tracking_id for update skip locked)
     update tracking_schedule s
        set next_update_due = case when asked.waits then $2 else next_update_due end, update_priority = least(update_priority, ${priorities.urgent}),
            woken_at = $2, due_because = case when asked.waits then 'someone asked while the answer was expired' else due_because end
       from asked where s.tracking_id = asked.tracking_id`,
    values: [args.trackingIds, args.now, args.wokenBefore, args.checkedBefore],
  })
