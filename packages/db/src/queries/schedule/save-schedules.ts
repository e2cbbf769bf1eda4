import { row, run, type Tx } from '../../sql.ts'

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
export const saveSchedules = (
  tx: Tx,
  { callId, changes }: { callId: string | null; changes: readonly ScheduleChange[] },
) =>
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

/** Whether the connection has another parcel that is still asked about. */
export const hasOtherDue = async (tx: Tx, args: { connectionId: string; trackingId: string }): Promise<boolean> =>
  (await row<{ found: boolean }>(
    tx,
    `select exists (select from tracking_schedule where connection_id = $1 and tracking_id <> $2 and next_update_due is not null) as found`,
    [args.connectionId, args.trackingId],
  ))!.found
