import type { Substatus, TrackingStatus } from '@jejak/contract'
import {
  type CheckedTrackingRow,
  countUnreadValues,
  hasOtherDue,
  insertUpdateLogs,
  lockTrackings,
  type ScheduleChange,
  saveSchedules,
  saveTrackings,
  type TrackingChange,
  type Tx,
  type UpdateLog,
} from '@jejak/db'
import type { BatchAnswer, ItemAnswer } from '../../easyparcel/client/easyparcel-client.ts'
import type { EasyParcelError } from '../../easyparcel/client/easyparcel-error.ts'
import { mapInTurns } from '../../in-turns.ts'
import { readStoredScans, writeScans } from '../../parcels/index.ts'
import type { CallOutcome } from '../gate/closed-call.ts'
import { batchLimitOf, isStruckLongAgo } from '../gate/suspicion.ts'
import {
  type CheckAnswer,
  type CheckPlan,
  noLongerFound,
  planCheck,
  type TrackingState,
} from '../schedule/plan-check.ts'
import { planFailure } from '../schedule/plan-failure.ts'
import { type Priority, priorities } from '../schedule/priority.ts'
import type { CheckDeps } from './check-deps.ts'
import { type CallEnd, type Closing, lockClosing, saveClosing } from './end-call.ts'
import { newUnread } from './new-unread.ts'
import type { OpenCall } from './open-call.ts'

export type RecordDeps = Pick<CheckDeps, 'db' | 'settings' | 'calendar' | 'isDemo' | 'clock'>
/** `change` is null where the row stays as it is. */
type Planned = {
  row: CheckedTrackingRow
  priority: Priority
  answer: CheckAnswer | null
  plan: CheckPlan
  change: TrackingChange | null
}
export type Answered = Pick<BatchAnswer, 'items' | 'requestId' | 'httpStatus' | 'unread'>

/** What one call brought; `statusChanged` counts trackings. */
export type CallSummary = { outcome: CallOutcome; asked: number; found: number; changed: number; statusChanged: number }

/** Writes what EasyParcel answered. */
export const recordAnswer = (deps: RecordDeps, call: OpenCall, answer: Answered): Promise<CallSummary> =>
  deps.db.transaction(async (tx) => {
    const [rows, now] = await Promise.all([lockTrackings(tx, trackingIds(call)), deps.clock(tx)])
    const items = new Map(rows.map((row): [string, ItemAnswer] => [row.id, itemOf(answer, row)]))
    const isEmpty = isEmptyAnswer(call, rows, items)
    const { httpStatus, requestId } = answer
    const end = { problem: null, retryAfterMs: null, httpStatus, requestId, now }
    return isEmpty
      ? saveFailure(deps, tx, call, { rows, items, end: { ...end, outcome: 'empty' } })
      : saveAnswer(deps, tx, call, { rows, items, end: { ...end, outcome: 'ok' }, unread: answer.unread })
  })

/** Writes that a call failed as a whole. */
export const recordFailure = (deps: RecordDeps, call: OpenCall, error: EasyParcelError): Promise<CallSummary> =>
  deps.db.transaction(async (tx) => {
    const [rows, now] = await Promise.all([lockTrackings(tx, trackingIds(call)), deps.clock(tx)])
    const { kind: outcome, message: problem, retryAfterMs, httpStatus, requestId } = error
    const end = { outcome, problem, retryAfterMs, httpStatus, requestId, now }
    return saveFailure(deps, tx, call, { rows, items: new Map(), end })
  })

type Recording = { rows: CheckedTrackingRow[]; items: ReadonlyMap<string, ItemAnswer>; end: CallEnd }

/** The connection comes last: its lock holds up all other calls, and every plan is made before. */
const saveAnswer = async (
  deps: RecordDeps,
  tx: Tx,
  call: OpenCall,
  { rows, items, end, unread }: Recording & Pick<Answered, 'unread'>,
): Promise<CallSummary> => {
  const planned = await mapInTurns(rows, (row) => planAnswer(deps, call, row, items.get(row.id)!, end.now))
  const stored = planned.flatMap(({ row, change }) => (change ? [{ before: row.events, after: change.events }] : []))
  const values = await newUnread(unread, stored)
  await Promise.all([
    savePlans(tx, call, planned, end.now),
    countUnreadValues(tx, { connectionId: call.connectionId, now: end.now, values }),
  ])
  const summary = summaryOf(call, planned, end.outcome)
  const closing = await lockClosing(deps, tx, call, end)
  if (closing) await saveClosing(tx, call, { ...closing, ...summary })
  return summary
}

/** The connection comes first: its failed calls in a row say how long parcels wait. What an empty answer says about single parcels still counts. */
const saveFailure = async (
  deps: RecordDeps,
  tx: Tx,
  call: OpenCall,
  { rows, items, end }: Recording,
): Promise<CallSummary> => {
  const closing = await lockClosing(deps, tx, call, end)
  const isOnly = await isOnlyParcel(deps, tx, call, rows, end.now)
  const isFew = livingKnown(rows).length < emptyFrom
  const planned = closing
    ? await mapInTurns(rows, (row) => planFailed(deps, call, row, { closing, item: items.get(row.id), isFew, isOnly }))
    : []
  await savePlans(tx, call, planned, end.now)
  const summary = summaryOf(call, planned, end.outcome)
  if (closing) await saveClosing(tx, call, { ...closing, ...summary })
  return summary
}

const trackingIds = ({ trackings }: OpenCall): string[] => trackings.map(({ trackingId }) => trackingId)

const itemOf = ({ items }: Answered, { trackingNumber }: CheckedTrackingRow): ItemAnswer =>
  items.get(trackingNumber) ?? { kind: 'not_found' }

/** Whether the connection asks about this parcel only; looked up where it matters. */
const isOnlyParcel = async (
  { settings }: RecordDeps,
  tx: Tx,
  { connectionId }: OpenCall,
  [row, ...more]: readonly CheckedTrackingRow[],
  now: Date,
): Promise<boolean> =>
  row !== undefined &&
  more.length === 0 &&
  isStruckLongAgo(row, now, settings.lapseMs) &&
  !(await hasOtherDue(tx, { connectionId, trackingId: row.id }))

const emptyFrom = 5

const livingKnown = (rows: readonly CheckedTrackingRow[]): CheckedTrackingRow[] =>
  rows.filter(({ confirmedAt, endedAt }) => confirmedAt !== null && endedAt === null)

/**
 * Whether an answer knew none of the parcels that EasyParcel had known before, although enough of them are alive: it may forget those that
 * have ended. One is enough for the call that is to find out if EasyParcel answers again, unless it was just not found already.
 */
const isEmptyAnswer = (
  { isProbe }: OpenCall,
  rows: readonly CheckedTrackingRow[],
  items: ReadonlyMap<string, ItemAnswer>,
): boolean => {
  const alive = livingKnown(rows)
  const isEnough =
    alive.length >= emptyFrom || (isProbe && alive.some(({ lastFailure }) => lastFailure !== noLongerFound))
  return isEnough && rows.every(({ id, confirmedAt }) => confirmedAt === null || items.get(id)!.kind === 'not_found')
}

const priorityIn = (call: OpenCall, row: CheckedTrackingRow): Priority =>
  (call.trackings.find(({ trackingId }) => trackingId === row.id)?.priority as Priority | undefined) ??
  priorities.scheduled

const planAnswer = (
  deps: RecordDeps,
  call: OpenCall,
  row: CheckedTrackingRow,
  answer: ItemAnswer,
  now: Date,
): Planned => {
  const { settings, calendar, isDemo } = deps
  const priority = priorityIn(call, row)
  const toldAt = call.openedAt
  const planAs = (ownsSchedule: boolean) =>
    planCheck(toTrackingState(row), answer, { now, toldAt, settings, calendar, priority, ownsSchedule, isDemo })
  const first = planAs(row.callId === call.id)
  const plan = outdatesSchedule(row, first) ? planAs(true) : first
  return { row, priority, answer, plan, change: toTrackingChange(row, plan, now) }
}

/**
 * In an empty answer only what was found, or could not be read, says something about a parcel, unless it asked about a few (`isFew`): then it
 * counts for each, or they would be asked for ever.
 */
const planFailed = (
  deps: RecordDeps,
  call: OpenCall,
  row: CheckedTrackingRow,
  { closing, item, isFew, isOnly }: { closing: Closing; item: ItemAnswer | undefined; isFew: boolean; isOnly: boolean },
): Planned => {
  const { before, after, end } = closing
  if (item && (isFew || item.kind !== 'not_found')) return planAnswer(deps, call, row, item, end.now)
  const { settings, calendar, isDemo } = deps
  const priority = priorityIn(call, row)
  const toldAt = call.openedAt
  const context = { now: end.now, toldAt, settings, calendar, priority, ownsSchedule: row.callId === call.id, isDemo }
  const failure = { outcome: end.outcome, problem: end.problem ?? end.outcome, kind: call.kind, isOnly, before, after }
  const plan = planFailure(toTrackingState(row), failure, context)
  return { row, priority, answer: null, plan, change: toTrackingChange(row, plan, end.now) }
}

const savePlans = async (tx: Tx, call: OpenCall, planned: readonly Planned[], now: Date): Promise<void> => {
  const isMine = ({ row }: Planned) => row.callId === call.id
  await Promise.all([
    saveTrackings(
      tx,
      planned.flatMap(({ change }) => change ?? []),
    ),
    saveSchedules(tx, call.id, planned.filter(isMine).flatMap(toScheduleChange)),
    saveSchedules(tx, null, planned.filter((one) => !isMine(one)).flatMap(toScheduleChange)),
    insertUpdateLogs(tx, planned.flatMap(toUpdateLog(call, now))),
  ])
}

const summaryOf = (call: OpenCall, planned: readonly Planned[], outcome: CallOutcome): CallSummary => ({
  outcome,
  asked: call.trackings.length,
  found: planned.filter(({ answer }) => answer?.kind === 'found').length,
  changed: planned.filter(({ plan }) => plan.changed).length,
  statusChanged: planned.filter(({ plan }) => plan.statusChanged).length,
})

/** An answer that came too late leaves the schedule alone, unless its news ends the parcel, or revives it, and no call or person is waiting. */
const outdatesSchedule = (row: CheckedTrackingRow, plan: CheckPlan): boolean =>
  (plan.endedAt === null) !== (row.endedAt === null) && row.callId === null && row.updatePriority !== priorities.manual

const toTrackingState = (row: CheckedTrackingRow): TrackingState => ({
  ...row,
  status: row.status as TrackingStatus,
  substatus: row.substatus as Substatus | null,
  scans: readStoredScans(row.events, row.api),
  milestones: {
    collectedAt: row.collectedAt,
    outForDeliveryAt: row.outForDeliveryAt,
    deliveredAt: row.deliveredAt,
  },
})

const toTrackingChange = ({ id }: CheckedTrackingRow, plan: CheckPlan, now: Date): TrackingChange | null =>
  plan.changed
    ? {
        id,
        status: plan.status,
        substatus: plan.substatus,
        events: writeScans(plan.scans),
        document: plan.document?.document ?? null,
        documentVersion: plan.document?.version ?? null,
        ...plan.milestones,
        confirmedAt: plan.confirmedAt,
        endedAt: plan.endedAt,
        requiresAttention: plan.requiresAttention,
        attentionReason: plan.attentionReason,
        changedAt: plan.isNews ? now : null,
      }
    : null

const kindOf = (priority: Priority): UpdateLog['kind'] => {
  if (priority === priorities.manual) return 'manual'
  return priority === priorities.retry ? 'retry' : 'scheduled'
}

const toScheduleChange = ({ row, priority, plan }: Planned): ScheduleChange[] => {
  if (plan.schedule === null) return []
  const { checkedAt, toldAgainAt, nextDueAt, explanation, ...schedule } = plan.schedule
  return [
    {
      trackingId: row.id,
      checkedAt,
      toldAgainAt,
      checkedBy: checkedAt?.getTime() === row.checkedAt?.getTime() ? row.checkedBy : kindOf(priority),
      nextUpdateDue: nextDueAt,
      updatePriority: schedule.priority,
      consecutiveFailures: schedule.consecutiveFailures,
      lastFailure: schedule.lastFailure,
      dueBecause: explanation,
      strikes: schedule.strikes,
      struckAt: schedule.struckAt,
      batchLimit: batchLimitOf(schedule),
    },
  ]
}

const toUpdateLog =
  (call: OpenCall, now: Date) =>
  ({ row, priority, plan }: Planned): UpdateLog[] => {
    // A check that failed for this parcel's own sake, not its call's.
    const isOwnFailure = (plan.schedule?.consecutiveFailures ?? 0) > row.consecutiveFailures
    const error = isOwnFailure ? (plan.schedule?.lastFailure ?? null) : null
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
