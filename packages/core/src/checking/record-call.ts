import type { Substatus, TrackingStatus } from '@jejak/contract'
import {
  type CheckedTrackingRow,
  closeCall,
  countUnreadValues,
  insertUpdateLogs,
  listTrackingStatuses,
  lockGate,
  lockTrackings,
  type ScheduleChange,
  saveGate,
  saveSchedules,
  saveTrackings,
  type TrackingChange,
  type Tx,
  type UpdateLog,
} from '@jejak/db'
import type { BatchAnswer, ItemAnswer, UnreadValue } from '../easyparcel/courier-source.ts'
import type { EasyParcelError } from '../easyparcel/easyparcel-error.ts'
import { readEvents, writeEvents } from '../tracking/index.ts'
import { retryCadence } from './backoff.ts'
import type { CheckDeps } from './check-deps.ts'
import { type CallOutcome, closeCallState } from './close-call.ts'
import { toConnectionState, toGateColumns } from './connection-state.ts'
import type { ConnectionState } from './gate.ts'
import type { OpenCall } from './open-call.ts'
import { type CheckPlan, planCheck, type TrackingState } from './plan-check.ts'
import { type Priority, priorities } from './priority.ts'

type RecordDeps = Pick<CheckDeps, 'db' | 'settings' | 'calendar' | 'isDemo' | 'now'>
type Planned = { row: CheckedTrackingRow; priority: Priority; answer: ItemAnswer; plan: CheckPlan }
type Answered = Pick<BatchAnswer, 'items' | 'requestId' | 'httpStatus' | 'unread'>

/** What one call brought; `statusChanged` counts trackings. */
export type CallSummary = { outcome: CallOutcome; asked: number; found: number; changed: number; statusChanged: number }

/** Writes what EasyParcel answered: rows locked in id order, every plan made against what was just read, all of it in one transaction. */
export const recordAnswer = (deps: RecordDeps, call: OpenCall, answer: Answered): Promise<CallSummary> =>
  deps.db.transaction(async (tx) => {
    const now = deps.now()
    const planned = await planBatch(deps, tx, call, answer, now)
    await Promise.all([
      saveTrackings(tx, planned.flatMap(toTrackingChange(now))),
      saveSchedules(tx, call.id, planned.flatMap(toScheduleChange)),
      insertUpdateLogs(tx, planned.flatMap(toUpdateLog(call, now))),
      countUnreadValues(tx, { connectionId: call.connectionId, now, values: answer.unread }),
    ])
    const found = planned.filter((one) => one.answer.kind === 'found').length
    const changed = planned.filter((one) => one.plan.changed).length
    const { requestId, httpStatus } = answer
    await endCall(deps, tx, call, { outcome: 'ok', now, found, changed, requestId, httpStatus })
    const statusChanged = planned.filter((one) => one.plan.statusChanged).length
    return { outcome: 'ok', asked: call.trackings.length, found, changed, statusChanged }
  })

const planBatch = async (deps: RecordDeps, tx: Tx, call: OpenCall, answer: Answered, now: Date): Promise<Planned[]> => {
  const claimed = new Map(call.trackings.map((tracking) => [tracking.trackingId, tracking.priority as Priority]))
  const rows = await lockTrackings(tx, [...claimed.keys()])
  return rows.map((row) => {
    const priority = claimed.get(row.id) ?? priorities.scheduled
    const item = answer.items.get(row.trackingNumber) ?? { kind: 'not_found' }
    const { settings, calendar, isDemo } = deps
    const ownsSchedule = row.callId === call.id
    return {
      row,
      priority,
      answer: item,
      plan: planCheck(toTrackingState(row), item, { now, settings, calendar, priority, ownsSchedule, isDemo }),
    }
  })
}

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

/**
 * Writes that a call failed as a whole. That is the connection's failure, not the parcels': they are due again after the connection's
 * backoff; at once after a refused token, since the next call carries a new one; in smaller batches after a refused batch.
 */
export const recordFailure = (deps: RecordDeps, call: OpenCall, error: EasyParcelError): Promise<CallSummary> =>
  isRefusedBatch(error) && call.trackings.length === 1
    ? recordAnswer(deps, call, refusedAlone(call, error))
    : deps.db.transaction((tx) => recordWholeFailure(deps, tx, call, error))

const isRefusedBatch = ({ kind, httpStatus }: EasyParcelError): boolean =>
  kind === 'rejected' && (httpStatus === 400 || httpStatus === 422)

const refusedAlone = (call: OpenCall, error: EasyParcelError): Answered => {
  const unread: UnreadValue[] = []
  const items = new Map<string, ItemAnswer>(
    call.trackings.map(({ trackingNumber }) => [trackingNumber, { kind: 'unreadable', problem: error.message }]),
  )
  return { items, requestId: error.requestId, httpStatus: error.httpStatus ?? 0, unread }
}

const recordWholeFailure = async (
  deps: RecordDeps,
  tx: Tx,
  call: OpenCall,
  error: EasyParcelError,
): Promise<CallSummary> => {
  const now = deps.now()
  const state = await endCall(deps, tx, call, {
    outcome: error.kind,
    now,
    found: 0,
    changed: 0,
    requestId: error.requestId,
    httpStatus: error.httpStatus,
    error,
  })
  const trackings = await listTrackingStatuses(
    tx,
    call.trackings.map(({ trackingId }) => trackingId),
  )
  const claimed = new Map(call.trackings.map((tracking) => [tracking.trackingId, tracking.priority as Priority]))
  const batchLimit = isRefusedBatch(error) ? Math.ceil(call.trackings.length / 2) : null
  await saveSchedules(
    tx,
    call.id,
    trackings.map(({ status, ...row }): ScheduleChange => {
      const priority = claimed.get(row.trackingId) ?? priorities.scheduled
      const failures = Math.max(1, state?.breaker.failures ?? 1)
      const retry = retryCadence({ status: status as TrackingStatus, priority }, failures, now, deps.settings)
      const atOnce = error.kind === 'unauthorised'
      return {
        ...row,
        nextUpdateDue: atOnce ? now : retry.nextDueAt,
        updatePriority: atOnce ? priority : retry.priority,
        dueBecause: atOnce ? 'EasyParcel refused our access' : `${retry.explanation}: ${error.kind}`,
        lastFailure: error.kind,
        batchLimit: batchLimit ?? row.batchLimit,
      }
    }),
  )
  return { outcome: error.kind, asked: call.trackings.length, found: 0, changed: 0, statusChanged: 0 }
}

type End = {
  outcome: CallOutcome
  now: Date
  found: number
  changed: number
  requestId: string | null
  httpStatus: number | null
  error?: EasyParcelError
}

/** Closes the call and tells the gate, under the lock of the connection's row. */
const endCall = async (deps: RecordDeps, tx: Tx, call: OpenCall, end: End): Promise<ConnectionState | undefined> => {
  const { now, outcome, error } = end
  const row = await lockGate(tx, call.connectionId)
  if (!row) return undefined
  const { slot, leaseUntil } = call
  const retryAfterMs = error?.retryAfterMs ?? null
  const state = closeCallState(toConnectionState(row), { slot, leaseUntil, outcome, retryAfterMs, now }, deps.settings)
  const news = error ? { failure: { at: now, message: error.message } } : { lastGoodCallAt: now }
  const durationMs = Math.max(0, now.getTime() - call.openedAt.getTime())
  const { found, changed, httpStatus, requestId } = end
  const callEnd = { id: call.id, closedAt: now, outcome, found, changed, durationMs, httpStatus, requestId }
  await Promise.all([
    closeCall(tx, { ...callEnd, error: error?.message ?? null }),
    saveGate(tx, toGateColumns(call.connectionId, state), news),
  ])
  return state
}
