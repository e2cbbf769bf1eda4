import type { Substatus, TrackingStatus } from '@jejak/contract'
import {
  type CheckedTrackingRow,
  countUnreadValues,
  insertUpdateLogs,
  lockTrackings,
  type ScheduleChange,
  saveSchedules,
  saveTrackings,
  type TrackingChange,
  type Tx,
  type UpdateLog,
} from '@jejak/db'
import type { BatchAnswer, ItemAnswer } from '../easyparcel/courier-source.ts'
import type { EasyParcelError } from '../easyparcel/easyparcel-error.ts'
import { readEvents, writeEvents } from '../tracking/index.ts'
import type { CheckDeps } from './check-deps.ts'
import type { CallOutcome } from './close-call.ts'
import { endCall } from './end-call.ts'
import type { OpenCall } from './open-call.ts'
import { type CheckPlan, planCheck, type TrackingState } from './plan-check.ts'
import { type Priority, priorities } from './priority.ts'

export type RecordDeps = Pick<CheckDeps, 'db' | 'settings' | 'calendar' | 'isDemo' | 'clock'>
type Planned = { row: CheckedTrackingRow; priority: Priority; answer: ItemAnswer; plan: CheckPlan }
export type Answered = Pick<BatchAnswer, 'items' | 'requestId' | 'httpStatus' | 'unread'>

/** What one call brought; `statusChanged` counts trackings. */
export type CallSummary = { outcome: CallOutcome; asked: number; found: number; changed: number; statusChanged: number }

/**
 * Writes what EasyParcel answered: rows locked in id order, every plan made against what was just read, all of it in one transaction.
 * With a `refusal` the call failed all the same, and the answer is what that says about its one parcel.
 */
export const recordAnswer = (
  deps: RecordDeps,
  call: OpenCall,
  answer: Answered,
  refusal?: EasyParcelError,
): Promise<CallSummary> =>
  deps.db.transaction(async (tx) => {
    const { now, planned } = await planBatch(deps, tx, call, answer)
    const isMine = ({ row }: Planned) => row.callId === call.id
    await Promise.all([
      saveTrackings(tx, planned.flatMap(toTrackingChange(now))),
      saveSchedules(tx, call.id, planned.filter(isMine).flatMap(toScheduleChange)),
      saveSchedules(tx, null, planned.filter((one) => !isMine(one)).flatMap(toScheduleChange)),
      insertUpdateLogs(tx, planned.flatMap(toUpdateLog(call, now))),
      countUnreadValues(tx, { connectionId: call.connectionId, now, values: answer.unread }),
    ])
    const outcome = refusal?.kind ?? 'ok'
    const found = planned.filter((one) => one.answer.kind === 'found').length
    const changed = planned.filter((one) => one.plan.changed).length
    const { requestId, httpStatus } = answer
    await endCall(deps, tx, call, { outcome, now, found, changed, requestId, httpStatus, error: refusal })
    const statusChanged = planned.filter((one) => one.plan.statusChanged).length
    return { outcome, asked: call.trackings.length, found, changed, statusChanged }
  })

const planBatch = async (deps: RecordDeps, tx: Tx, call: OpenCall, answer: Answered) => {
  const claimed = new Map(call.trackings.map((tracking) => [tracking.trackingId, tracking.priority as Priority]))
  const [rows, now] = await Promise.all([lockTrackings(tx, [...claimed.keys()]), deps.clock(tx)])
  const planned = rows.map((row): Planned => {
    const priority = claimed.get(row.id) ?? priorities.scheduled
    const item = answer.items.get(row.trackingNumber) ?? { kind: 'not_found' }
    const { settings, calendar, isDemo } = deps
    const planAs = (ownsSchedule: boolean) =>
      planCheck(toTrackingState(row), item, { now, settings, calendar, priority, ownsSchedule, isDemo })
    const plan = planAs(row.callId === call.id)
    return { row, priority, answer: item, plan: outdatesSchedule(row, plan) ? planAs(true) : plan }
  })
  return { now, planned }
}

/** An answer that came too late leaves the schedule alone, unless its news ends the parcel, or revives it, and no call or person is waiting. */
const outdatesSchedule = (row: CheckedTrackingRow, plan: CheckPlan): boolean =>
  (plan.endedAt === null) !== (row.endedAt === null) && row.callId === null && row.updatePriority !== priorities.manual

const toTrackingState = (row: CheckedTrackingRow): TrackingState => ({
  ...row,
  status: row.status as TrackingStatus,
  substatus: row.substatus as Substatus | null,
  events: readEvents(row.events),
  milestones: {
    collectedAt: row.collectedAt,
    outForDeliveryAt: row.outForDeliveryAt,
    deliveredAt: row.deliveredAt,
  },
})

const toTrackingChange =
  (now: Date) =>
  ({ row, plan }: Planned): TrackingChange[] =>
    plan.changed
      ? [
          {
            id: row.id,
            status: plan.status,
            substatus: plan.substatus,
            events: writeEvents(plan.events),
            document: plan.document?.document ?? null,
            documentVersion: plan.document?.version ?? null,
            ...plan.milestones,
            confirmedAt: plan.confirmedAt,
            endedAt: plan.endedAt,
            requiresAttention: plan.requiresAttention,
            attentionReason: plan.attentionReason,
            changedAt: now,
          },
        ]
      : []

const kindOf = (priority: Priority): UpdateLog['kind'] => {
  if (priority === priorities.manual) return 'manual'
  return priority === priorities.retry ? 'retry' : 'scheduled'
}

const toScheduleChange = ({ row, priority, answer, plan }: Planned): ScheduleChange[] =>
  plan.schedule === null
    ? []
    : [
        {
          trackingId: row.id,
          checkedAt: plan.schedule.checkedAt,
          checkedBy: kindOf(priority),
          nextUpdateDue: plan.schedule.nextDueAt,
          updatePriority: plan.schedule.priority,
          consecutiveFailures: plan.schedule.consecutiveFailures,
          lastFailure: plan.schedule.lastFailure,
          dueBecause: plan.schedule.explanation,
          // A number that was refused on its own stays apart, so that it cannot spoil the batches of others.
          batchLimit: answer.kind === 'unreadable' ? row.batchLimit : null,
        },
      ]

const toUpdateLog =
  (call: OpenCall, now: Date) =>
  ({ row, priority, answer, plan }: Planned): UpdateLog[] => {
    const error = answer.kind === 'unreadable' ? answer.problem : null
    if (!plan.statusChanged && plan.eventsAdded === 0 && error === null) return []
    return [
      {
        trackingId: row.id,
        at: now,
        kind: kindOf(priority),
        triggeredBy: 'worker',
        callId: call.id,
        previousStatus: plan.statusChanged ? row.status : null,
        newStatus: plan.statusChanged ? plan.status : null,
        eventsAdded: plan.eventsAdded,
        error,
      },
    ]
  }
