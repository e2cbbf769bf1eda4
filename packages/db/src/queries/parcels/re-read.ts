import { row, rows, run, type Sql } from '../../sql.ts'
import type { CheckedTrackingRow } from './record-check.ts'

/** A parcel as it is read again: archived ones have no schedule. */
export type ReReadRow = Omit<CheckedTrackingRow, 'updatePriority' | 'consecutiveFailures' | 'strikes'> & {
  archivedAt: Date | null
  updatePriority: number | null
  consecutiveFailures: number | null
  strikes: number | null
}

/** The next parcels after this one, in id order; with `lock` they stay as they are until the end of the transaction. */
export const listToReRead = (sql: Sql, { afterId, limit, lock }: { afterId: string; limit: number; lock: boolean }) =>
  rows<ReReadRow>(
    sql,
    `select t.id, t.tracking_number as "trackingNumber", t.courier, t.status, t.substatus, t.events,
            t.collected_at as "collectedAt", t.out_for_delivery_at as "outForDeliveryAt", t.delivered_at as "deliveredAt",
            t.estimated_delivery as "estimatedDelivery", t.registered_at as "registeredAt", t.confirmed_at as "confirmedAt",
            t.ended_at as "endedAt", t.archived_at as "archivedAt", t.requires_attention as "requiresAttention",
            t.attention_reason as "attentionReason", t.attention_seen_at as "attentionSeenAt", t.document_version as "documentVersion", c.api, t.booked_at as "bookedAt",
            t.counts_from as "countsFrom", s.call_id as "callId", s.checked_at as "checkedAt", s.checked_by as "checkedBy",
            s.update_priority as "updatePriority", s.consecutive_failures as "consecutiveFailures", s.last_failure as "lastFailure",
            s.strikes, s.struck_at as "struckAt", s.told_again_at as "toldAgainAt"
       from tracking_cache t join connections c on c.id = t.connection_id left join tracking_schedule s on s.tracking_id = t.id
      where t.id > $1 order by t.id limit $2 ${lock ? 'for update of t' : ''}`,
    [afterId, limit],
  )

/** With which rules all stored scans were read last, and how far a pass with others has come. */
export type ReadingState = { readWith: string | null; reReadingWith: string | null; reReadAfter: string }

export const findReading = (sql: Sql) =>
  row<ReadingState>(
    sql,
    `select read_with as "readWith", re_reading_with as "reReadingWith", re_read_after::text as "reReadAfter" from installation where id = 1`,
  )

/** `after` null: every parcel was read with these rules. */
export const saveReading = (sql: Sql, { version, after }: { version: string; after: string | null }) =>
  run(
    sql,
    `update installation
        set read_with = case when $2::bigint is null then $1 else read_with end,
            re_reading_with = case when $2::bigint is null then null else $1 end, re_read_after = coalesce($2, 0)
      where id = 1`,
    [version, after],
  )
