import type { TrackingStatus } from '@jejak/contract'
import { listTrackingStatuses, type ScheduleChange, saveSchedules, type Tx } from '@jejak/db'
import type { ItemAnswer } from '../easyparcel/courier-source.ts'
import type { EasyParcelError } from '../easyparcel/easyparcel-error.ts'
import { retryCadence } from './backoff.ts'
import { endCall } from './end-call.ts'
import type { OpenCall } from './open-call.ts'
import { type Priority, priorities } from './priority.ts'
import { type Answered, type CallSummary, type RecordDeps, recordAnswer } from './record-call.ts'

/**
 * Writes that a call failed as a whole. That is the connection's failure, not the parcels': they are due again after the connection's
 * backoff; at once after a refused token, since the next call carries a new one; in smaller batches after a refused batch.
 */
export const recordFailure = (deps: RecordDeps, call: OpenCall, error: EasyParcelError): Promise<CallSummary> =>
  isRefusedBatch(error) && call.trackings.length === 1
    ? recordAnswer(deps, call, refusedAlone(call, error), error)
    : deps.db.transaction((tx) => recordWholeFailure(deps, tx, call, error))

const isRefusedBatch = ({ kind }: EasyParcelError): boolean => kind === 'rejected'

const refusedAlone = (call: OpenCall, error: EasyParcelError): Answered => {
  const items = new Map<string, ItemAnswer>(
    call.trackings.map(({ trackingNumber }) => [trackingNumber, { kind: 'unreadable', problem: error.message }]),
  )
  return { items, requestId: error.requestId, httpStatus: error.httpStatus ?? 0, unread: [] }
}

const recordWholeFailure = async (
  deps: RecordDeps,
  tx: Tx,
  call: OpenCall,
  error: EasyParcelError,
): Promise<CallSummary> => {
  const now = await deps.clock(tx)
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
