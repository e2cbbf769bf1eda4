import { notifyChange } from '../../changes-channel.ts'
import { row, rows, run, type ShopSql, type Sql, type Tx } from '../../sql.ts'
import { type StandingRow, standingColumns } from '../calls/gate.ts'
import { type FreshnessOfSchedule, freshnessColumns } from './freshness-columns.ts'

/** Everything staff may see of a tracking. */
export type StaffTrackingRow = FreshnessOfSchedule &
  StandingRow & {
    id: string
    trackingNumber: string
    courier: string | null
    /** Oldest first. */
    orders: { orderNumber: string | null; hasContact: boolean; registeredAt: string }[]
    bookedAt: Date | null
    status: string
    substatus: string | null
    /** JSON, an array of scans. */
    events: string
    collectedAt: Date | null
    outForDeliveryAt: Date | null
    deliveredAt: Date | null
    estimatedDelivery: string | null
    registeredAt: Date
    changedAt: Date
    confirmedAt: Date | null
    endedAt: Date | null
    archivedAt: Date | null
    requiresAttention: boolean
    attentionReason: string | null
    updatePriority: number | null
    inFlight: boolean
    consecutiveFailures: number
    lastFailure: string | null
    dueBecause: string | null
    api: 'open' | 'classic'
    countsFrom: Date | null
  }

const staffColumns = `
  t.id, t.tracking_number as "trackingNumber", t.courier, t.booked_at as "bookedAt",
  array(select json_build_object('orderNumber', o.order_number, 'registeredAt', o.registered_at,
                                 'hasContact', coalesce(o.contact_email_hmac, o.contact_phone_hmac) is not null)
          from tracking_orders o where o.tracking_id = t.id order by o.id) as orders,
  t.status, t.substatus, t.events, t.collected_at as "collectedAt", t.out_for_delivery_at as "outForDeliveryAt",
  t.delivered_at as "deliveredAt", t.estimated_delivery as "estimatedDelivery", t.registered_at as "registeredAt",
  t.changed_at as "changedAt", t.confirmed_at as "confirmedAt", t.ended_at as "endedAt", t.archived_at as "archivedAt",
  t.requires_attention as "requiresAttention", t.attention_reason as "attentionReason",
  ${freshnessColumns}, s.update_priority as "updatePriority",
  coalesce(s.call_id is not null, false) as "inFlight", coalesce(s.consecutive_failures, 0) as "consecutiveFailures",
  s.last_failure as "lastFailure", s.due_because as "dueBecause", c.api, t.counts_from as "countsFrom", ${standingColumns}`

const staffTables = `tracking_cache t
    join connections c on c.id = t.connection_id
    left join tracking_schedule s on s.tracking_id = t.id`

/** One tracking of a shop. */
export const findTracking = (shop: ShopSql, trackingId: string) =>
  row<StaffTrackingRow>(
    shop,
    `select ${staffColumns} from ${staffTables}
      where t.organization_id = $1 and t.id = $2`,
    [shop.organizationId, trackingId],
  )

export type TrackingFilter = {
  trackingNumbers: readonly string[] | null
  /** In the one spelling that is stored. */
  orderFolded: string | null
  statuses: readonly string[] | null
  requiresAttention: boolean | null
  changedAfter: Date | null
  /** Where the page before ended. */
  after: { changedAt: Date; id: string } | null
  /** `asc` is the change feed, oldest change first; `desc` is for people. */
  order: 'asc' | 'desc'
  limit: number
}

const pageSql = ({ order }: TrackingFilter, isStatus: string) => `
  select t.id, t.changed_at from tracking_cache t
   where t.organization_id = $1 and ${isStatus}
     and ($2::text[] is null or t.tracking_number = any ($2))
     and ($3::text is null or t.id in (select tracking_id from tracking_orders where order_folded = $3 and organization_id = $1))
     and ($5::boolean is null or t.requires_attention = $5)
     and ($6::timestamptz is null or t.changed_at > $6)
     and ($7::timestamptz is null or (t.changed_at, t.id) ${order === 'asc' ? '>' : '<'} ($7, $8::bigint))
   order by t.changed_at ${order}, t.id ${order}
   limit $9`

// Each status is one range of its index, which holds no archived parcels; a filter over the shop's changes walked all of them.
const pageOfStatuses = (filter: TrackingFilter) => `
  select page.id, page.changed_at from unnest($4::text[]) as asked (status)
   cross join lateral (${pageSql(filter, 't.status = asked.status and t.archived_at is null')}) page
   order by page.changed_at ${filter.order}, page.id ${filter.order}
   limit $9`

/** A page of a shop's trackings, by (changed_at, id). Asked for by status, archived ones are left out; by number or order they are found. */
export const listTrackings = (shop: ShopSql, filter: TrackingFilter) => {
  const isNamed = filter.trackingNumbers !== null || filter.orderFolded !== null
  const isByStatus = filter.statuses !== null && !isNamed
  const page = isByStatus ? pageOfStatuses(filter) : pageSql(filter, '($4::text[] is null or t.status = any ($4))')
  return rows<StaffTrackingRow>(
    shop,
    `with page as materialized (${page})
     select ${staffColumns} from ${staffTables} join page on page.id = t.id
      order by t.changed_at ${filter.order}, t.id ${filter.order}`,
    [
      shop.organizationId,
      filter.trackingNumbers,
      filter.orderFolded,
      filter.statuses && [...new Set(filter.statuses)],
      filter.requiresAttention,
      filter.changedAfter,
      filter.after?.changedAt ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  )
}

export type ShopChange = {
  courier: string | null
  estimatedDelivery: string | null
  bookedAt: Date | null
  requiresAttention: boolean
  attentionReason: string | null
  document: string
  documentVersion: string
  changedAt: Date
}

export type LockedForShop = Omit<ShopChange, 'changedAt'> & {
  id: string
  trackingNumber: string
  /** JSON, an array of stored scans. */
  events: string
  api: 'open' | 'classic'
  registeredAt: Date
  countsFrom: Date | null
}

/** Locks what a shop may change of its tracking. */
export const lockTrackingForShop = (tx: Tx, args: { organizationId: string; trackingId: string }) =>
  row<LockedForShop>(
    tx,
    `select t.id, t.tracking_number as "trackingNumber", t.courier, t.estimated_delivery as "estimatedDelivery",
            t.booked_at as "bookedAt", t.counts_from as "countsFrom", t.registered_at as "registeredAt",
            t.requires_attention as "requiresAttention", t.attention_reason as "attentionReason", t.document,
            t.document_version as "documentVersion", t.events, c.api
       from tracking_cache t join connections c on c.id = t.connection_id
      where t.organization_id = $1 and t.id = $2 for update of t`,
    [args.organizationId, args.trackingId],
  )

/** Writes what a shop changed of its own tracking and tells whoever listens. */
export const saveShopChange = (tx: Tx, trackingId: string, change: ShopChange) =>
  run(
    tx,
    `with changed as (
       update tracking_cache
          set courier = $2, estimated_delivery = $3, booked_at = $4, requires_attention = $5, attention_reason = $6, document = $7,
              document_version = $8, changed_at = $9
        where id = $1
       returning tracking_number)
     select ${notifyChange('tracking_number')} from changed`,
    [
      trackingId,
      change.courier,
      change.estimatedDelivery,
      change.bookedAt,
      change.requiresAttention,
      change.attentionReason,
      change.document,
      change.documentVersion,
      change.changedAt,
    ],
  )

/** Removes a tracking with its schedule and logs and tells whoever listens; returns whether there was one. */
export const deleteTracking = async (
  sql: Sql,
  args: { organizationId: string; trackingId: string },
): Promise<boolean> =>
  (await run(
    sql,
    `with removed as (
       delete from tracking_cache where organization_id = $1 and id = $2 returning tracking_number)
     select ${notifyChange('tracking_number')} from removed`,
    [args.organizationId, args.trackingId],
  )) === 1
