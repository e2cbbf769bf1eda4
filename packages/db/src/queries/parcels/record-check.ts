import { notifyChange } from '../../changes-channel.ts'
import { row, rows, run, type Tx } from '../../sql.ts'

/** A tracking as a check finds it: the cache row, locked, and its schedule. Days are `YYYY-MM-DD`. */
export type CheckedTrackingRow = {
  id: string
  trackingNumber: string
  courier: string | null
  status: string
  substatus: string | null
  /** JSON, an array of scans. */
  events: string
  collectedAt: Date | null
  outForDeliveryAt: Date | null
  deliveredAt: Date | null
  estimatedDelivery: string | null
  registeredAt: Date
  confirmedAt: Date | null
  endedAt: Date | null
  requiresAttention: boolean
  attentionReason: string | null
  attentionSeenAt: Date | null
  callId: string | null
  checkedAt: Date | null
  checkedBy: string | null
  toldAgainAt: Date | null
  updatePriority: number
  consecutiveFailures: number
  lastFailure: string | null
  strikes: number
  struckAt: Date | null
  documentVersion: string
  api: 'open' | 'classic'
  bookedAt: Date | null
  countsFrom: Date | null
}

type CacheColumns = Omit<CheckedTrackingRow, keyof ScheduleColumns>
type ScheduleColumns = Pick<
  CheckedTrackingRow,
  | 'callId'
  | 'checkedAt'
  | 'checkedBy'
  | 'toldAgainAt'
  | 'updatePriority'
  | 'consecutiveFailures'
  | 'lastFailure'
  | 'strikes'
  | 'struckAt'
>

/**
 * Locks the cache rows of a batch and then their schedules, always in id order, so that overlapping batches cannot deadlock. Two
 * statements: after a wait Postgres reads anew only what that statement locks, and a schedule from before the wait would plan wrongly.
 */
export const lockTrackings = async (tx: Tx, trackingIds: readonly string[]): Promise<CheckedTrackingRow[]> => {
  const [parcels, schedules] = await Promise.all([
    rows<CacheColumns>(
      tx,
      `select t.id, t.tracking_number as "trackingNumber", t.courier, t.status, t.substatus, t.events,
              t.collected_at as "collectedAt", t.out_for_delivery_at as "outForDeliveryAt", t.delivered_at as "deliveredAt",
              t.estimated_delivery as "estimatedDelivery", t.registered_at as "registeredAt", t.confirmed_at as "confirmedAt",
              t.ended_at as "endedAt", t.requires_attention as "requiresAttention", t.attention_reason as "attentionReason",
              t.attention_seen_at as "attentionSeenAt", t.document_version as "documentVersion", c.api, t.booked_at as "bookedAt", t.counts_from as "countsFrom"
         from tracking_cache t join connections c on c.id = t.connection_id where t.id = any ($1) order by t.id for update of t`,
      [trackingIds],
    ),
    rows<ScheduleColumns & { id: string }>(
      tx,
      `select tracking_id as id, call_id as "callId", checked_at as "checkedAt", checked_by as "checkedBy",
              update_priority as "updatePriority", consecutive_failures as "consecutiveFailures", last_failure as "lastFailure",
              strikes, struck_at as "struckAt", told_again_at as "toldAgainAt"
         from tracking_schedule where tracking_id = any ($1) order by tracking_id for update`,
      [trackingIds],
    ),
  ])
  const scheduleOf = new Map(schedules.map((schedule) => [schedule.id, schedule]))
  return parcels.flatMap((parcel) => {
    const schedule = scheduleOf.get(parcel.id)
    return schedule ? [{ ...parcel, ...schedule }] : []
  })
}

export type TrackingChange = {
  id: string
  status: string
  substatus: string | null
  /** JSON, an array of scans. */
  events: string
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
  /** Null: it is told otherwise, and nobody sees a difference. */
  changedAt: Date | null
}

// As in a JSON text sequence (RFC 7464) a control character, which JSON always escapes, stands between the texts: nothing is quoted twice.
const separator = '\u001e'
const textsOf = (parameter: string) => `string_to_array(${parameter}, E'\\x1e', '')`

const saveTrackingsSql = `
  with changed as (
    update tracking_cache t
       set status = c.status, substatus = c.substatus, events = c.events, document = coalesce(c.document, t.document),
           document_version = coalesce(c.document_version, t.document_version), collected_at = c.collected_at,
           out_for_delivery_at = c.out_for_delivery_at, delivered_at = c.delivered_at, confirmed_at = c.confirmed_at, ended_at = c.ended_at,
           requires_attention = c.requires_attention, attention_reason = c.attention_reason, changed_at = coalesce(c.changed_at, t.changed_at)
      from unnest($1::bigint[], $2::text[], $3::text[], ${textsOf('$4')}, ${textsOf('$5')}, $6::text[], $7::timestamptz[], $8::timestamptz[],
                  $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::boolean[], $13::text[], $14::timestamptz[])
           as c (id, status, substatus, events, document, document_version, collected_at, out_for_delivery_at, delivered_at, confirmed_at,
                 ended_at, requires_attention, attention_reason, changed_at)
     where t.id = c.id
    returning t.tracking_number)
  select ${notifyChange('tracking_number')} from changed`

/** Writes the wide rows of those trackings that changed and tells whoever listens, in one statement; returns how many were written. */
export const saveTrackings = (tx: Tx, changes: readonly TrackingChange[]) =>
  changes.length === 0
    ? Promise.resolve(0)
    : run(tx, { name: 'save-trackings', text: saveTrackingsSql }, [
        changes.map((change) => change.id),
        changes.map((change) => change.status),
        changes.map((change) => change.substatus),
        changes.map((change) => change.events).join(separator),
        changes.map((change) => change.document ?? '').join(separator),
        changes.map((change) => change.documentVersion),
        changes.map((change) => change.collectedAt),
        changes.map((change) => change.outForDeliveryAt),
        changes.map((change) => change.deliveredAt),
        changes.map((change) => change.confirmedAt),
        changes.map((change) => change.endedAt),
        changes.map((change) => change.requiresAttention),
        changes.map((change) => change.attentionReason),
        changes.map((change) => change.changedAt),
      ])

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
  strikes: number
  struckAt: Date | null
  toldAgainAt: Date | null
}

const saveSchedulesSql = `
  update tracking_schedule s
     set call_id = null, checked_at = c.checked_at, checked_by = c.checked_by::update_kind, next_update_due = c.next_update_due,
         update_priority = c.update_priority, consecutive_failures = c.consecutive_failures, last_failure = c.last_failure,
         due_because = c.due_because, batch_limit = c.batch_limit, strikes = c.strikes, struck_at = c.struck_at,
         told_again_at = c.told_again_at
    from unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::timestamptz[], $6::smallint[], $7::smallint[], $8::text[], $9::text[],
                $10::smallint[], $11::smallint[], $12::timestamptz[], $13::timestamptz[])
         as c (tracking_id, checked_at, checked_by, next_update_due, update_priority, consecutive_failures, last_failure, due_because,
               batch_limit, strikes, struck_at, told_again_at)
   where s.tracking_id = c.tracking_id and s.call_id is not distinct from $1`

/**
 * Writes the next due time of every tracking that still carries the mark of this call, and takes the mark off; with null, of those in no
 * call. Rows whose lease ran out and that another call took over are left to it.
 */
export const saveSchedules = (tx: Tx, callId: string | null, changes: readonly ScheduleChange[]) =>
  changes.length === 0
    ? Promise.resolve(0)
    : run(tx, { name: 'save-schedules', text: saveSchedulesSql }, [
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
        changes.map((change) => change.strikes),
        changes.map((change) => change.struckAt),
        changes.map((change) => change.toldAgainAt),
      ])

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
        `insert into tracking_update_logs (organization_id, tracking_id, at, kind, triggered_by, call_id, previous_status, new_status,
                                           events_added, error)
         select t.organization_id, log.* from unnest($1::bigint[], $2::timestamptz[], $3::update_kind[], $4::text[], $5::bigint[], $6::text[],
                              $7::text[], $8::smallint[], $9::text[]) as log (tracking_id) join tracking_cache t on t.id = log.tracking_id`,
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

/** Counts codes and texts nobody could read, all but texts once a day, since they come with each answer; the rows are written in key order, so that two calls never wait in a circle. */
export const countUnreadValues = (
  tx: Tx,
  args: { connectionId: string; now: Date; values: readonly { kind: string; value: string }[] },
) =>
  args.values.length === 0
    ? Promise.resolve(0)
    : run(
        tx,
        `insert into unread_values as known (organization_id, connection_id, kind, value, times, first_seen_at, last_seen_at)
         select c.organization_id, c.id, kind, value, count(*), $2, $2 from unnest($3::text[], $4::text[]) as seen (kind, value)
           join connections c on c.id = $1
          where kind = 'text' or not exists (
            select from unread_values recent where recent.connection_id = $1 and recent.kind = seen.kind and recent.value = seen.value
               and recent.last_seen_at between $2::timestamptz - interval '1 day' and $2::timestamptz)
          group by c.id, kind, value order by kind, value
         on conflict (connection_id, kind, value)
         do update set times = known.times + excluded.times, last_seen_at = excluded.last_seen_at`,
        [
          args.connectionId,
          args.now,
          args.values.map(({ kind }) => kind),
          args.values.map(({ value }) => value.slice(0, 500)),
        ],
      )

/** Whether the connection has another parcel that is still asked about. */
export const hasOtherDue = async (tx: Tx, args: { connectionId: string; trackingId: string }): Promise<boolean> =>
  (await row<{ found: boolean }>(
    tx,
    `select exists (select from tracking_schedule where connection_id = $1 and tracking_id <> $2 and next_update_due is not null) as found`,
    [args.connectionId, args.trackingId],
  ))!.found
