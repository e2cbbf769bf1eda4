import {
  type ChangeEntry,
  countUnreadValues,
  hasOtherDue,
  lockScheduledParcels,
  type RunParcelEnd,
  type ScheduleChange,
  type ScheduledParcelRow,
  saveSchedules,
  settleRefreshed,
  type Tx,
} from '@jejak/db'
import { attentionEntries, recordChanges } from '../../changes/index.ts'
import type { BatchAnswer, ItemAnswer } from '../../easyparcel/client/easyparcel-client.ts'
import type { EasyParcelError } from '../../easyparcel/client/easyparcel-error.ts'
import { mapInTurns } from '../../in-turns.ts'
import type { CallOutcome } from '../gate/closed-call.ts'
import { isStruckLongAgo } from '../gate/suspicion.ts'
import { calendarOf } from '../schedule/calendar.ts'
import type { CheckAnswer, CheckContext } from '../schedule/check.ts'
import { type CheckPlan, noLongerFound, planCheck } from '../schedule/plan-check.ts'
import { planFailure } from '../schedule/plan-failure.ts'
import { type Priority, priorities } from '../schedule/priority.ts'
import type { CheckingSettings } from '../settings.ts'
import type { CheckDeps } from './check-deps.ts'
import { type CallEnd, type Closing, lockClosing, saveClosing } from './end-call.ts'
import { newUnread } from './new-unread.ts'
import type { OpenCall } from './open-call.ts'
import { toParcelWrite, toScheduleChange, toTrackingState } from './parcel-rows.ts'

export type RecordDeps = Pick<CheckDeps, 'db' | 'actor' | 'settingsOf' | 'isDemo' | 'clock'>
/** `write` is null where the row stays as it is. */
type Planned = {
  row: ScheduledParcelRow
  priority: Priority
  answer: CheckAnswer | null
  plan: CheckPlan
  write: ReturnType<typeof toParcelWrite>
}
export type Answered = Pick<BatchAnswer, 'items' | 'requestId' | 'httpStatus' | 'unread'>

/** What one call brought; `statusChanged` counts trackings. */
export type CallSummary = { outcome: CallOutcome; asked: number; found: number; changed: number; statusChanged: number }

type Work = {
  deps: RecordDeps
  settings: CheckingSettings
  tx: Tx
  call: OpenCall
  rows: ScheduledParcelRow[]
  now: Date
}

/** Runs `work` in one transaction, with the call's parcels locked. */
const withParcels = <Done>(deps: RecordDeps, call: OpenCall, work: (work: Work) => Promise<Done>): Promise<Done> =>
  deps.db.transaction(async (tx) => {
    const trackingIds = call.trackings.map(({ trackingId }) => trackingId)
    const [rows, now] = await Promise.all([lockScheduledParcels(tx, trackingIds), deps.clock(tx)])
    // What is in force now, which may be other than when the call went out.
    return work({ deps, settings: deps.settingsOf(call.organizationId), tx, call, rows, now })
  })

/** Writes what EasyParcel answered. */
export const recordAnswer = (
  deps: RecordDeps,
  { call, answer }: { call: OpenCall; answer: Answered },
): Promise<CallSummary> =>
  withParcels(deps, call, (work) => {
    const items = new Map(work.rows.map((row): [string, ItemAnswer] => [row.id, itemOf(answer, row)]))
    const { httpStatus, requestId } = answer
    const end = { problem: null, retryAfterMs: null, httpStatus, requestId, now: work.now }
    return isEmptyAnswer(work, items)
      ? saveFailure(work, { items, end: { ...end, outcome: 'empty' } })
      : saveAnswer(work, { items, end: { ...end, outcome: 'ok' }, unread: answer.unread })
  })

/** Writes that a call failed as a whole. */
export const recordFailure = (
  deps: RecordDeps,
  { call, error }: { call: OpenCall; error: EasyParcelError },
): Promise<CallSummary> =>
  withParcels(deps, call, (work) => {
    const { kind: outcome, message: problem, retryAfterMs, httpStatus, requestId } = error
    return saveFailure(work, {
      items: new Map(),
      end: { outcome, problem, retryAfterMs, httpStatus, requestId, now: work.now },
    })
  })

type Recording = { items: ReadonlyMap<string, ItemAnswer>; end: CallEnd }

/** The connection comes last: its lock blocks all other calls, so every plan is made before. */
const saveAnswer = async (
  work: Work,
  { items, end, unread }: Recording & Pick<Answered, 'unread'>,
): Promise<CallSummary> => {
  const { settings, tx, call, now } = work
  const planned = await mapInTurns(work.rows, (row) => planAnswer(work, row, items.get(row.id)!))
  const stored = planned.flatMap(({ row, write }) =>
    write ? [{ trackingId: row.id, before: row.events, after: write.events }] : [],
  )
  const values = await newUnread(unread, stored)
  await Promise.all([savePlans(work, planned), countUnreadValues(tx, { connectionId: call.connectionId, now, values })])
  const summary = summaryOf(call, planned, end.outcome)
  const closing = await lockClosing(settings, { tx, call, end })
  if (closing) await saveClosing(tx, { call, ...closing, ...summary, couriers: couriersOf(work.rows) })
  return summary
}

/** The connection comes first: its failed calls in a row say how long parcels wait. What an empty answer says about single parcels still counts. */
const saveFailure = async (work: Work, { items, end }: Recording): Promise<CallSummary> => {
  const { settings, tx, call, rows } = work
  const closing = await lockClosing(settings, { tx, call, end })
  const isOnly = await isOnlyParcel(work)
  const isFew = livingKnown(rows).length < emptyFrom
  const planned = closing
    ? await mapInTurns(rows, (row) => planFailed(work, row, { closing, item: items.get(row.id), isFew, isOnly }))
    : []
  await savePlans(work, planned)
  const summary = summaryOf(call, planned, end.outcome)
  if (closing) await saveClosing(tx, { call, ...closing, ...summary, couriers: couriersOf(work.rows) })
  return summary
}

const couriersOf = (rows: readonly ScheduledParcelRow[]): Record<string, number> =>
  Object.fromEntries(
    Map.groupBy(rows, ({ courier }) => courier ?? '')
      .entries()
      .map(([name, asked]) => [name, asked.length]),
  )

const itemOf = ({ items }: Answered, { trackingNumber }: ScheduledParcelRow): ItemAnswer =>
  items.get(trackingNumber) ?? { kind: 'not_found' }

/** Whether the connection asks about this parcel only; looked up where it matters. */
const isOnlyParcel = async ({ settings, tx, call, rows, now }: Work): Promise<boolean> => {
  const [row, ...more] = rows
  if (row === undefined || more.length > 0 || !isStruckLongAgo(row, { now, lapseMs: settings.lapseMs })) return false
  return !(await hasOtherDue(tx, { connectionId: call.connectionId, trackingId: row.id }))
}

const emptyFrom = 5

const livingKnown = (rows: readonly ScheduledParcelRow[]): ScheduledParcelRow[] =>
  rows.filter((row) => row.confirmedAt !== null && row.endedAt === null && !isOnlyListed(row))

/** Named by the account's list; whether tracking knows it, too, is not known yet. */
const isOnlyListed = ({ listedAt, events }: ScheduledParcelRow): boolean => listedAt !== null && events === '[]'

/**
 * Whether an answer knew none of the parcels that EasyParcel had known before, although enough of them are alive: it may forget those that
 * have ended. One is enough for the call that is to find out if EasyParcel answers again, unless it was just not found already.
 */
const isEmptyAnswer = ({ call: { isProbe }, rows }: Work, items: ReadonlyMap<string, ItemAnswer>): boolean => {
  const alive = livingKnown(rows)
  const isEnough =
    alive.length >= emptyFrom || (isProbe && alive.some(({ lastFailure }) => lastFailure !== noLongerFound))
  return isEnough && rows.every(({ id, confirmedAt }) => confirmedAt === null || items.get(id)!.kind === 'not_found')
}

const priorityIn = (call: OpenCall, row: ScheduledParcelRow): Priority =>
  (call.trackings.find(({ trackingId }) => trackingId === row.id)?.priority as Priority | undefined) ??
  priorities.scheduled

const planAnswer = (work: Work, row: ScheduledParcelRow, answer: ItemAnswer): Planned => {
  const context = contextOf(work, row)
  const plan = planCheck(toTrackingState(row), { answer, context })
  return { row, priority: context.priority, answer, plan, write: toParcelWrite(plan, work.now) }
}

/** An answer that came too late leaves the schedule alone, unless its news ends the parcel, or revives it, and no call or person is waiting. */
const contextOf = ({ deps: { isDemo }, settings, call, now }: Work, row: ScheduledParcelRow): CheckContext => {
  const isFree = row.callId === null && row.updatePriority !== priorities.manual
  return {
    ...{
      now,
      toldAt: call.openedAt,
      settings,
      calendar: calendarOf(settings),
      isDemo,
      priority: priorityIn(call, row),
    },
    schedule: row.callId === call.id ? 'ours' : isFree ? 'where_it_turns' : 'not_ours',
  }
}

type Failed = { closing: Closing; item: ItemAnswer | undefined; isFew: boolean; isOnly: boolean }

/**
 * In an empty answer only what was found, or could not be read, says something about a parcel, unless it asked about a few (`isFew`): then it
 * counts for each, or they would be asked for ever.
 */
const planFailed = (work: Work, row: ScheduledParcelRow, { closing, item, isFew, isOnly }: Failed): Planned => {
  const { before, after, end } = closing
  if (item && (isFew || item.kind !== 'not_found')) return planAnswer(work, row, item)
  const context = contextOf(work, row)
  const { kind } = work.call
  const failure = { outcome: end.outcome, problem: end.problem ?? end.outcome, kind, isOnly, before, after }
  const plan = planFailure(toTrackingState(row), { failure, context })
  return { row, priority: context.priority, answer: null, plan, write: toParcelWrite(plan, end.now) }
}

const savePlans = async ({ deps: { actor }, tx, call, now }: Work, planned: readonly Planned[]): Promise<void> => {
  const isMine = ({ row }: Planned) => row.callId === call.id
  const changes = planned.map((one) => ({ parcel: one.row, write: one.write, entries: toEntries(one) }))
  await Promise.all([
    recordChanges(tx, { actor, now, callId: call.id, changes }),
    saveSchedules(tx, { callId: call.id, changes: planned.filter(isMine).flatMap(toSchedule) }),
    saveSchedules(tx, { callId: null, changes: planned.filter((one) => !isMine(one)).flatMap(toSchedule) }),
    settleRefreshed(tx, { callId: call.id, ends: planned.filter(isMine).flatMap(toRunEnd), now }),
  ])
}

const summaryOf = (call: OpenCall, planned: readonly Planned[], outcome: CallOutcome): CallSummary => ({
  outcome,
  asked: call.trackings.length,
  found: planned.filter(({ answer }) => answer?.kind === 'found').length,
  changed: planned.filter(({ plan }) => plan.changed).length,
  statusChanged: planned.filter(({ plan }) => plan.statusChanged).length,
})

const kindOf = (priority: Priority): string => {
  if (priority === priorities.manual) return 'manual'
  return priority === priorities.retry ? 'retry' : 'scheduled'
}

const toSchedule = ({ row, priority, plan: { schedule } }: Planned): ScheduleChange[] => {
  if (schedule === null) return []
  const isAnswered = schedule.checkedAt?.getTime() !== row.checkedAt?.getTime()
  return [toScheduleChange(row.id, { ...schedule, checkedBy: isAnswered ? kindOf(priority) : row.checkedBy })]
}

/**
 * What a run of refreshes that asked for the parcel is told. One whose call failed is asked for again, or has a trial; only a number that failed alone
 * has failed.
 */
const toRunEnd = ({ row: { id: trackingId }, priority, answer, plan }: Planned): RunParcelEnd[] => {
  const { schedule } = plan
  if (schedule === null || (priority !== priorities.manual && priority < priorities.suspect)) return []
  if (answer === null) {
    const hasFailed = schedule.priority === priorities.culprit || schedule.nextDueAt === null
    return hasFailed ? [{ trackingId, outcome: 'failed', reason: 'fails_upstream' }] : []
  }
  if (answer.kind === 'found')
    return [{ trackingId, outcome: plan.isNews || plan.eventsAdded > 0 ? 'changed' : 'unchanged', reason: null }]
  return [
    answer.kind === 'not_found'
      ? { trackingId, outcome: 'not_found', reason: null }
      : { trackingId, outcome: 'failed', reason: answer.kind },
  ]
}

/** What the log says of a check; nothing where it brought nothing. */
const toEntries = ({ row, plan }: Planned): ChangeEntry[] => [
  ...toldEntries(row, plan),
  ...ownFailure(row, plan),
  ...attentionEntries(row.attentionReason, plan.attentionReason),
]

const toldEntries = (
  row: ScheduledParcelRow,
  { status, statusChanged, eventsAdded, ...plan }: CheckPlan,
): ChangeEntry[] => {
  if (statusChanged) {
    const kind = status === 'lapsed' ? status : 'status_changed'
    return [{ kind, previousStatus: row.status, newStatus: status, eventsAdded }]
  }
  if (eventsAdded > 0) return [{ kind: 'events_added', eventsAdded }]
  const isSeen = plan.document !== null || plan.attentionReason === row.attentionReason
  return plan.isNews && isSeen ? [{ kind: 'corrected' }] : []
}

/** A check that failed for this parcel's own sake, not its call's. */
const ownFailure = (row: ScheduledParcelRow, { schedule }: CheckPlan): ChangeEntry[] =>
  schedule && schedule.consecutiveFailures > row.consecutiveFailures && schedule.lastFailure !== null
    ? [{ kind: 'check_failed', detail: schedule.lastFailure }]
    : []
