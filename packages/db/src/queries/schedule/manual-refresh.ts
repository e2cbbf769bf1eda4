import { priorities } from '../../priorities.ts'
import { row, rows, type ShopSql } from '../../sql.ts'

export type RefreshOutcome = { trackingId: string; trackingNumber: string; connectionId: string; inFlight: boolean }

/**
 * Makes one tracking due now at manual priority, unless a call is asking for it already. Undefined when the shop has no such tracking;
 * `inFlight` when nothing was changed because a call has it. A run of refreshes that asked for it, too, leaves it first in line when it stops.
 */
export const requestRefresh = (shop: ShopSql, { trackingId, now }: { trackingId: string; now: Date }) =>
  row<RefreshOutcome>(shop, {
    text: `with asked as (
       select s.tracking_id, t.tracking_number, s.connection_id, s.call_id is not null and s.next_update_due > $3 as in_flight
         from tracking_schedule s join tracking_cache t on t.id = s.tracking_id
        where t.organization_id = $1 and t.id = $2 and t.archived_at is null
          for update of s
     ), changed as (
       update tracking_schedule s
          set next_update_due = $3, update_priority = ${priorities.manual}, due_because = 'asked for by a person'
         from asked where s.tracking_id = asked.tracking_id and not asked.in_flight
     ), also_wanted as (
       update refresh_run_parcels p set prior_priority = ${priorities.manual}
         from asked where p.organization_id = $1 and p.tracking_id = asked.tracking_id and p.outcome is null and p.asked_at is not null
     )
     select tracking_id as "trackingId", tracking_number as "trackingNumber", connection_id as "connectionId", in_flight as "inFlight" from asked`,
    values: [shop.organizationId, trackingId, now],
  })

/** The same for parcels that are locked, but those that a call is asking for already. Returns the others with their connections. */
export const requestRefreshes = (shop: ShopSql, { trackingIds, now }: { trackingIds: readonly string[]; now: Date }) =>
  rows<{ trackingId: string; connectionId: string }>(shop, {
    text: `with also_wanted as (
       update refresh_run_parcels p set prior_priority = ${priorities.manual}
        where p.organization_id = $1 and p.tracking_id = any ($2) and p.outcome is null and p.asked_at is not null
     )
     update tracking_schedule s
        set next_update_due = $3, update_priority = ${priorities.manual}, due_because = 'asked for by a person'
      where s.organization_id = $1 and s.tracking_id = any ($2) and (s.call_id is null or s.next_update_due <= $3)
      returning s.tracking_id as "trackingId", s.connection_id as "connectionId"`,
    values: [shop.organizationId, trackingIds, now],
  })
