import { notifyChange } from '../changes-channel.ts'
import { rows, run, type Tx } from '../sql.ts'

/** A tracking as a check finds it: the cache row, locked, and its schedule. Days are `YYYY-MM-DD`. */
export type CheckedTrackingRow = {
  id: string
  trackingNumber: string
  courier: string | null
  status: string
  substatus: string | null
  events: unknown
  documentVersion: string
  collectedAt: Date | null
  outForDeliveryAt: Date | null
  deliveredAt: Date | null
  estimatedDelivery: string | null
  registeredAt: Date
  confirmedAt: Date | null
  endedAt: Date | null
  requiresAttention: boolean
  attentionReason: string | null
  callId: string | null
  checkedAt: Date | null
  updatePriority: number
  consecutiveFailures: number
  lastFailure: string | null
  batchLimit: number | null
}

/** Locks the cache rows of a batch, always in id order, so that overlapping batches cannot deadlock. */
export const lockTrackings = (tx: Tx, trackingIds: readonly string[]) =>
  rows<CheckedTrackingRow>(
    tx,
    `select t.id, t.tracking_number as "trackingNumber", t.courier, t.status, t.substatus, t.events, t.document_version as "documentVersion",
            t.collected_at as "collectedAt", t.out_for_delivery_at as "outForDeliveryAt", t.delivered_at as "deliveredAt",
            t.estimated_delivery as "estimatedDelivery", t.registered_at as "registeredAt", t.confirmed_at as "confirmedAt",
            t.ended_at as "endedAt", t.requires_attention as "requiresAttention", t.attention_reason as "attentionReason",
            s.call_id as "callId", s.checked_at as "checkedAt", s.update_priority as "updatePriority",
            s.consecutive_failures as "consecutiveFailures", s.last_failure as "lastFailure", s.batch_limit as "batchLimit"
       from tracking_cache t join tracking_schedule s on s.tracking_id = t.id
      where t.id = any ($1) order by t.id for update of t`,
    [trackingIds],
  )

export type TrackingChange = {
  id: string
  status: string
  substatus: string | null
  events: readonly unknown[]
  /** Null leaves the public document as it is. */
  document: string | null
  documentVersion: string | null
  collectedAt: Date | null
  outForDeliveryAt: Date | null
  deliveredAt: Date | null
  confirmedAt: Date | null
  endedAt: Date | null
  requiresAttention: boolean
  attentionReason: string | null
  changedAt: Date
}

/** Writes the wide rows of those trackings that changed and tells whoever listens, in one statement; returns how many were written. */
export const saveTrackings = (tx: Tx, changes: readonly TrackingChange[]) =>
  changes.length === 0
    ? Promise.resolve(0)
    : run(
        tx,
        `with changed as (
         update tracking_cache t
            set status = c.status::tracking_status, substatus = c.substatus, events = c.events, document = coalesce(c.document, t.document),
                document_version = coalesce(c."documentVersion", t.document_version), collected_at = c."collectedAt", out_for_delivery_at = c."outForDeliveryAt",
                delivered_at = c."deliveredAt", confirmed_at = c."confirmedAt", ended_at = c."endedAt",
                requires_attention = c."requiresAttention", attention_reason = c."attentionReason", changed_at = c."changedAt"
           from jsonb_to_recordset($1::jsonb) as c (
                id bigint, status text, substatus text, events jsonb, document text, "documentVersion" text, "collectedAt" timestamptz,
                "outForDeliveryAt" timestamptz, "deliveredAt" timestamptz, "confirmedAt" timestamptz, "endedAt" timestamptz,
                "requiresAttention" boolean, "attentionReason" text, "changedAt" timestamptz)
          where t.id = c.id
         returning t.tracking_number)
         select ${notifyChange('tracking_number')} from changed`,
        [JSON.stringify(changes)],
      )

export type ScheduleChange = {
  trackingId: string
  checkedAt: Date | null
  checkedBy: string | null
  nextUpdateDue: Date | null
  updatePriority: number
  consecutiveFailures: number
  lastFailure: string | null
  dueBecause: string
  batchLimit: number | null
}

/**
 * Writes the next due time of every tracking that still carries the mark of this call, and takes the mark off. Rows whose lease ran out and
 * that another call took over are left to it.
 */
export const saveSchedules = (tx: Tx, callId: string, changes: readonly ScheduleChange[]) =>
  run(
    tx,
    `update tracking_schedule s
        set call_id = null, checked_at = c.checked_at, checked_by = c.checked_by::update_kind, next_update_due = c.next_update_due,
            update_priority = c.update_priority, consecutive_failures = c.consecutive_failures, last_failure = c.last_failure,
            due_because = c.due_because, batch_limit = c.batch_limit
       from unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::timestamptz[], $6::smallint[], $7::smallint[], $8::text[], $9::text[],
                   $10::smallint[])
            as c (tracking_id, checked_at, checked_by, next_update_due, update_priority, consecutive_failures, last_failure, due_because,
                  batch_limit)
      where s.tracking_id = c.tracking_id and s.call_id = $1`,
    [
      callId,
      changes.map((change) => change.trackingId),
      changes.map((change) => change.checkedAt),
      changes.map((change) => change.checkedBy),
      changes.map((change) => change.nextUpdateDue),
      changes.map((change) => change.updatePriority),
      changes.map((change) => change.consecutiveFailures),
      changes.map((change) => change.lastFailure),
      changes.map((change) => change.dueBecause),
      changes.map((change) => change.batchLimit),
    ],
  )

export type UpdateLog = {
  trackingId: string
  at: Date
  kind: 'scheduled' | 'manual' | 'retry' | 'webhook'
  triggeredBy: string
  callId: string | null
  previousStatus: string | null
  newStatus: string | null
  eventsAdded: number
  error: string | null
}

/** Appends what happened to trackings; one statement for any number. */
export const insertUpdateLogs = (tx: Tx, logs: readonly UpdateLog[]) =>
  logs.length === 0
    ? Promise.resolve(0)
    : run(
        tx,
        `insert into tracking_update_logs (tracking_id, at, kind, triggered_by, call_id, previous_status, new_status, events_added, error)
         select * from unnest($1::bigint[], $2::timestamptz[], $3::update_kind[], $4::text[], $5::bigint[], $6::tracking_status[],
                              $7::tracking_status[], $8::smallint[], $9::text[])`,
        [
          logs.map((log) => log.trackingId),
          logs.map((log) => log.at),
          logs.map((log) => log.kind),
          logs.map((log) => log.triggeredBy),
          logs.map((log) => log.callId),
          logs.map((log) => log.previousStatus),
          logs.map((log) => log.newStatus),
          logs.map((log) => log.eventsAdded),
          logs.map((log) => log.error),
        ],
      )

/** Counts codes and texts nobody could read; the rows are written in key order, so that two calls never wait in a circle. */
export const countUnreadValues = (
  tx: Tx,
  args: { connectionId: string; now: Date; values: readonly { kind: string; value: string }[] },
) =>
  args.values.length === 0
    ? Promise.resolve(0)
    : run(
        tx,
        `insert into unread_values as known (connection_id, kind, value, times, first_seen_at, last_seen_at)
         select $1, kind, value, count(*), $2, $2 from unnest($3::text[], $4::text[]) as seen (kind, value)
          group by kind, value order by kind, value
         on conflict (connection_id, kind, value)
         do update set times = known.times + excluded.times, last_seen_at = excluded.last_seen_at`,
        [
          args.connectionId,
          args.now,
          args.values.map(({ kind }) => kind),
          args.values.map(({ value }) => value.slice(0, 500)),
        ],
      )

export type TrackingStatusRow = Pick<
  ScheduleChange,
  'trackingId' | 'checkedAt' | 'checkedBy' | 'consecutiveFailures' | 'lastFailure' | 'batchLimit'
> & { status: string }

/** What a failed call needs to know of its parcels, without locking them. */
export const listTrackingStatuses = (tx: Tx, trackingIds: readonly string[]) =>
  rows<TrackingStatusRow>(
    tx,
    `select t.id as "trackingId", t.status, s.checked_at as "checkedAt", s.checked_by as "checkedBy",
            s.consecutive_failures as "consecutiveFailures", s.last_failure as "lastFailure", s.batch_limit as "batchLimit"
       from tracking_cache t join tracking_schedule s on s.tracking_id = t.id
      where t.id = any ($1) order by t.id`,
    [trackingIds],
  )
