import type { Substatus, TrackingStatus } from '@jejak/contract'
import type { ParcelWrite, ReReadRow, ScheduleChange } from '@jejak/db'
import { readStoredScans, writeScans } from '../../parcels/index.ts'
import { batchLimitOf } from '../gate/suspicion.ts'
import type { TrackingState } from '../schedule/check.ts'
import type { CheckPlan, SchedulePlan } from '../schedule/plan-check.ts'

/** A parcel's rows as plans read them; one without a schedule is archived. */
export const toTrackingState = (row: ReReadRow): TrackingState => ({
  ...row,
  status: row.status as TrackingStatus,
  substatus: row.substatus as Substatus | null,
  scans: readStoredScans(row.events, row.api),
  milestones: {
    collectedAt: row.collectedAt,
    outForDeliveryAt: row.outForDeliveryAt,
    deliveredAt: row.deliveredAt,
  },
  consecutiveFailures: row.consecutiveFailures ?? 0,
  strikes: row.strikes ?? 0,
})

/** What a plan makes of the parcel's row; null where it stays. What no one sees keeps its `changedAt`. */
export const toParcelWrite = (plan: CheckPlan, now: Date): (Omit<ParcelWrite, 'id'> & { events: string }) | null =>
  plan.changed
    ? {
        status: plan.status,
        substatus: plan.substatus,
        events: writeScans(plan.scans),
        document: plan.document?.document ?? null,
        documentVersion: plan.document?.version ?? null,
        ...plan.milestones,
        confirmedAt: plan.confirmedAt,
        endedAt: plan.endedAt,
        attentionReason: plan.attentionReason,
        changedAt: plan.isNews ? now : null,
      }
    : null

/** What a plan makes of the parcel's schedule. */
export const toScheduleChange = (
  trackingId: string,
  { nextDueAt, priority, explanation, ...schedule }: SchedulePlan & Pick<ScheduleChange, 'checkedBy'>,
): ScheduleChange => ({
  ...schedule,
  trackingId,
  nextUpdateDue: nextDueAt,
  updatePriority: priority,
  dueBecause: explanation,
  batchLimit: batchLimitOf(schedule),
})
