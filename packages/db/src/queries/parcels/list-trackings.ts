import { row, rows, type ShopSql } from '../../sql.ts'
import { type StandingRow, standingColumns } from '../calls/gate.ts'
import { type FreshnessOfSchedule, freshnessColumns } from './freshness-columns.ts'
import { type ParcelRow, parcelColumns } from './parcel-row.ts'

/** Everything staff may see of a tracking. */
export type StaffTrackingRow = ParcelRow &
  FreshnessOfSchedule &
  StandingRow & {
    /** Oldest first. */
    orders: { orderNumber: string | null; hasContact: boolean; registeredAt: string }[]
    updatePriority: number | null
    inFlight: boolean
    consecutiveFailures: number
    lastFailure: string | null
    dueBecause: string | null
  }

const staffColumns = `${parcelColumns},
  array(select json_build_object('orderNumber', o.order_number, 'registeredAt', o.registered_at,
                                 'hasContact', coalesce(o.contact_email_hmac, o.contact_phone_hmac) is not null)
          from tracking_orders o where o.tracking_id = t.id order by o.id) as orders,
  ${freshnessColumns}, s.update_priority as "updatePriority",
  coalesce(s.call_id is not null, false) as "inFlight", coalesce(s.consecutive_failures, 0) as "consecutiveFailures",
  s.last_failure as "lastFailure", s.due_because as "dueBecause", ${standingColumns}`

const staffTables = `tracking_cache t
    join connections c on c.id = t.connection_id
    left join tracking_schedule s on s.tracking_id = t.id`

/** One tracking of a shop. */
export const findTracking = (shop: ShopSql, trackingId: string) =>
  row<StaffTrackingRow>(shop, {
    text: `select ${staffColumns} from ${staffTables}
      where t.organization_id = $1 and t.id = $2`,
    values: [shop.organizationId, trackingId],
  })

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
  return rows<StaffTrackingRow>(shop, {
    text: `with page as materialized (${page})
     select ${staffColumns} from ${staffTables} join page on page.id = t.id
      order by t.changed_at ${filter.order}, t.id ${filter.order}`,
    values: [
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
  })
}
