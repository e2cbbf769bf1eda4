import { row, run, type Sql, type Tx } from '../../sql.ts'

type Report = { trackingId: string; reason: string; now: Date; notedAfter: Date }

/** Locks a parcel that a customer reports; false when there is no active one. What follows sees what others did to it before. */
export const lockReported = async (tx: Tx, trackingId: string): Promise<boolean> =>
  (await row(tx, `select id from tracking_cache where id = $1 and archived_at is null for update`, [trackingId])) !==
  undefined

/**
 * Notes a customer's report in the parcel's log and asks the shop for attention, unless a reason stands already. Does nothing if one was
 * noted after `notedAfter`. The parcel must be locked.
 */
export const noteReport = (tx: Tx, { trackingId, reason, now, notedAfter }: Report) =>
  run(
    tx,
    `with noted as (
       insert into tracking_update_logs (organization_id, tracking_id, at, kind, triggered_by)
       select organization_id, id, $2, 'manual', $3 from tracking_cache
        where id = $1 and not exists (
          select from tracking_update_logs where tracking_id = $1 and triggered_by like 'customer\\_%' and at > $4)
       returning tracking_id
     )
     update tracking_cache t set requires_attention = true, attention_reason = $3, changed_at = $2
       from noted where t.id = noted.tracking_id and not t.requires_attention`,
    [trackingId, now, reason, notedAfter],
  )

/** Takes a shop's parcel off its attention list and logs who did; what was told until then raises none again. False when the shop has no such parcel. */
export const resolveAttention = async (
  sql: Sql,
  args: { organizationId: string; trackingId: string; resolvedBy: string; now: Date },
): Promise<boolean> =>
  (
    await row<{ exists: boolean }>(
      sql,
      `with resolved as (
         update tracking_cache
            set requires_attention = false, attention_reason = null, changed_at = $3,
                attention_seen_at = coalesce((
                  select max((scan ->> 'at')::timestamptz) from jsonb_array_elements(events::jsonb) scan
                   where (scan ->> 'at')::timestamptz <= $3), $3)
          where organization_id = $1 and id = $2 and requires_attention
         returning id
       ), noted as (
         insert into tracking_update_logs (organization_id, tracking_id, at, kind, triggered_by)
         select $1, id, $3, 'manual', $4 from resolved
       )
       select exists (select from tracking_cache where organization_id = $1 and id = $2)`,
      [args.organizationId, args.trackingId, args.now, args.resolvedBy],
    )
  )?.exists ?? false
