import { priorities } from '../../priorities.ts'
import { rows, run, type ShopSql } from '../../sql.ts'

/** A living parcel that waits for its next check as its last good answer had it. */
export type WaitingParcel = {
  id: string
  status: string
  isKnown: boolean
  estimatedDelivery: string | null
  registeredAt: Date
  checkedAt: Date
  nextUpdateDue: Date
  updatePriority: number
}

/**
 * The next parcels of a shop after this one that wait for a planned check, in id order. Left out is what follows no cadence: what is due or asked about
 * now, what failed the last time, what has ended.
 */
export const listToRePlan = (shop: ShopSql, { afterId, now, limit }: { afterId: string; now: Date; limit: number }) =>
  rows<WaitingParcel>(shop, {
    text: `select t.id, t.status, t.confirmed_at is not null or octet_length(t.events) > 2 as "isKnown", t.estimated_delivery as "estimatedDelivery",
                  t.registered_at as "registeredAt", s.checked_at as "checkedAt", s.next_update_due as "nextUpdateDue", s.update_priority as "updatePriority"
             from tracking_cache t join tracking_schedule s on s.tracking_id = t.id
            where t.organization_id = $1 and t.id > $2 and t.ended_at is null and t.archived_at is null
              and s.next_update_due > $3 and s.call_id is null and s.checked_at is not null and s.consecutive_failures = 0 and s.strikes = 0
              and s.update_priority in (${priorities.urgent}, ${priorities.scheduled})
            order by t.id limit $4`,
    values: [shop.organizationId, afterId, now, limit],
  })

export type RePlanned = { id: string; wasDue: Date; nextUpdateDue: Date; updatePriority: number; dueBecause: string }

/** Moves the due times of parcels that still wait for the one that they were listed with; what someone else writes to is planned by them. */
export const saveRePlanned = (shop: ShopSql, changes: readonly RePlanned[]) =>
  run(shop, {
    text: `with planned as (
       select * from unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::smallint[], $6::text[])
                  as planned (tracking_id, was_due, due, priority, because)
     ), waiting as (
       select s.tracking_id from tracking_schedule s join planned on planned.tracking_id = s.tracking_id
        where s.organization_id = $1 and s.call_id is null and s.next_update_due = planned.was_due
        order by s.tracking_id for update of s skip locked)
     update tracking_schedule s set next_update_due = planned.due, update_priority = planned.priority, due_because = planned.because
       from planned join waiting on waiting.tracking_id = planned.tracking_id
      where s.tracking_id = planned.tracking_id`,
    values: [
      shop.organizationId,
      ...(['id', 'wasDue', 'nextUpdateDue', 'updatePriority', 'dueBecause'] as const).map((column) =>
        changes.map((change) => change[column]),
      ),
    ],
  })
