import { isDeepStrictEqual } from 'node:util'
import { isTerminal } from '@jejak/contract'
import type { ItemAnswer } from '../../easyparcel/client/easyparcel-client.ts'
import {
  countNewScans,
  type Life,
  lastScanAt,
  type Merged,
  type Milestones,
  mergeAnswer,
  type ParcelReading,
  type ReadEvent,
  type RenderableTracking,
  type RenderedDocument,
  readParcel,
  renderDocument,
  type StoredScan,
} from '../../parcels/index.ts'
import { type Suspicion, suspectPriority, unsuspected } from '../gate/suspicion.ts'
import type { CheckingSettings } from '../settings.ts'
import { type AttentionReason, attentionReason } from './attention.ts'
import { retryCadence } from './backoff.ts'
import { type Cadence, cadence, hasLapsed } from './cadence.ts'
import type { Calendar } from './calendar.ts'
import { failedAttempts } from './failed-attempts.ts'
import { jitterOf } from './jitter.ts'
import { type Priority, priorities } from './priority.ts'

/**
 * A tracking as it is in the database, under its row lock. `confirmedAt` is when EasyParcel first knew the number, `checkedAt` when it
 * last answered about it, `endedAt` when a terminal status began; `estimatedDelivery` is a local day `YYYY-MM-DD`.
 */
export type TrackingState = Suspicion &
  Life &
  Omit<RenderableTracking, 'events' | 'deliveredAt' | 'isDemo'> & {
    id: string
    estimatedDelivery: string | null
    scans: readonly StoredScan[]
    documentVersion: string
    milestones: Milestones
    confirmedAt: Date | null
    endedAt: Date | null
    attentionReason: string | null
    checkedAt: Date | null
    /** The newest answer that told the same as the newest one in `scans`. */
    toldAgainAt: Date | null
    /** The newest scan that a person knew who lifted the attention last. */
    attentionSeenAt: Date | null
    consecutiveFailures: number
    lastFailure: string | null
  }

/**
 * `toldAt` is the database's instant of the answer. `priority` is the class the tracking was claimed in. `schedule` says whether the schedule is
 * this plan's to write; where it is not (its mark is gone), an answer only contributes events, or also writes it where the parcel ends or lives again.
 */
export type CheckContext = {
  now: Date
  toldAt: Date
  settings: CheckingSettings
  calendar: Calendar
  priority: Priority
  schedule: 'ours' | 'where_it_turns' | 'not_ours'
  isDemo: boolean
}

/** What the schedule row becomes; `explanation` says why it is due then. */
export type SchedulePlan = Cadence &
  Suspicion &
  Pick<TrackingState, 'checkedAt' | 'toldAgainAt' | 'consecutiveFailures' | 'lastFailure'>

/**
 * What is known after a call: what EasyParcel said, or that it fails whenever it is asked about this number alone. `read_again`: no one was asked, the
 * rules have changed.
 */
export type CheckAnswer =
  | ItemAnswer
  | { kind: 'fails_upstream'; problem: string; suspicion: Suspicion }
  | { kind: 'read_again'; isArchived: boolean }

/** `last_failure` of a parcel that EasyParcel once knew. */
export const noLongerFound = 'not_found'

type Facts = Pick<
  TrackingState,
  'status' | 'substatus' | 'scans' | 'toldAgainAt' | 'milestones' | 'confirmedAt' | 'endedAt'
> & { reading: ParcelReading }

/**
 * What one answer does to one tracking. `changed` says that its cache row must be written, `isNews` that someone would see a difference, `document`
 * is the new public document, null when readers would not; `schedule` is null when the schedule is not this call's to write.
 */
export type CheckPlan = Omit<Facts, 'reading' | 'toldAgainAt'> &
  Pick<TrackingState, 'attentionReason'> & {
    changed: boolean
    isNews: boolean
    statusChanged: boolean
    eventsAdded: number
    document: RenderedDocument | null
    /** What the scans mean now; not there where nothing was answered. */
    reading?: ParcelReading
    schedule: SchedulePlan | null
  }

const sameInstant = (a: Date | null, b: Date | null): boolean => a?.getTime() === b?.getTime()

/** The newest scan that has happened, or the registration. */
const lastNewsAt = ({ events }: ParcelReading, since: Date, now: Date): Date =>
  lastScanAt(
    events.filter(({ gone }) => !gone),
    { since, now },
  )

/** Ended, or said by the shop's people to be lost: no one need ask any more. */
const isOver = ({ status, reading: { decidedBy } }: Pick<Facts, 'status' | 'reading'>): boolean =>
  isTerminal(status) || (decidedBy?.source === 'staff' && decidedBy.status === status)

/** The end of an earlier life of the number counts from when it was believed to be this one's. */
const endOf = (
  state: TrackingState,
  { status, reading }: Pick<Facts, 'status' | 'reading'>,
  now: Date,
): Date | null => {
  if (!isOver({ status, reading })) return null
  const { decidedBy, isUsedBefore } = reading
  const decidedAt = status !== 'lapsed' && decidedBy && !isUsedBefore ? new Date(decidedBy.at) : null
  if (decidedAt && decidedAt <= now) return decidedAt
  return state.status === status && state.endedAt && state.endedAt < now ? state.endedAt : now
}

type Asked = { answer: CheckAnswer; context: CheckContext }

const scansAfter = (state: TrackingState, { answer, context: { toldAt, settings, schedule } }: Asked): Merged => {
  if (answer.kind !== 'found') return state
  return mergeAnswer(state.scans, {
    answer: { ...answer, toldAt: toldAt.toISOString() },
    eventsMax: settings.eventsMax,
    toldAgainAt: state.toldAgainAt,
    canNote: schedule === 'ours',
  })
}

const factsAfter = (state: TrackingState, asked: Asked): Facts => {
  const { answer } = asked
  const { now, settings } = asked.context
  const { scans, toldAgainAt } = scansAfter(state, asked)
  const reading = readParcel(scans, { life: state, now, rules: settings })
  const saysWhetherSilent = answer.kind !== 'unreadable' && answer.kind !== 'read_again'
  const isSilent =
    saysWhetherSilent && hasLapsed(lastNewsAt(reading, state.registeredAt, now), { now, lapseMs: settings.lapseMs })
  // What could not be read says nothing about silence either way.
  const staysLapsed = !saysWhetherSilent && state.status === 'lapsed'
  const lapsed = !isOver({ status: reading.status, reading }) && (isSilent || staysLapsed)
  const status = lapsed ? 'lapsed' : reading.status
  return {
    status,
    substatus: lapsed ? null : reading.substatus,
    scans,
    toldAgainAt,
    reading,
    milestones: reading.milestones,
    confirmedAt: state.confirmedAt ?? (answer.kind === 'found' ? now : null),
    endedAt: endOf(state, { status, reading }, now),
  }
}

const isKnown = ({ confirmedAt, scans }: Facts): boolean => confirmedAt !== null || scans.length > 0

/** The account's list names the parcel, and tracking has told nothing of it yet: it may know it later. */
const isOnlyListed = ({ listedAt, scans }: TrackingState): boolean => listedAt != null && scans.length === 0

/** Why an answer is not a good check, null if it is one. A good check would have brought news if there were any. */
const problemOf = (state: TrackingState, answer: CheckAnswer): string | null => {
  if (answer.kind === 'unreadable' || answer.kind === 'fails_upstream') return answer.problem
  return answer.kind === 'not_found' && state.confirmedAt !== null && !isOnlyListed(state) ? noLongerFound : null
}

const culpritCadence = (facts: Facts, now: Date, { culpritMs }: CheckingSettings): Cadence => ({
  nextDueAt: isOver(facts) ? null : new Date(now.getTime() + culpritMs),
  priority: priorities.culprit,
  explanation: `EasyParcel fails on this number: ${culpritMs / 60_000}`,
})

type Check = Asked & { state: TrackingState; facts: Facts }

const scheduleAfter = ({ state, facts, answer, context }: Check): SchedulePlan => {
  const { now, settings, calendar, priority } = context
  const { status, endedAt, toldAgainAt } = facts
  const { estimatedDelivery, registeredAt, checkedAt } = state
  const input = { status, isKnown: isKnown(facts), estimatedDelivery, registeredAt, endedAt, isOver: isOver(facts) }
  const isInDoubt = facts.reading.isUsedBefore
  const next = cadence({ ...input, isInDoubt }, { now, settings, calendar, jitter: jitterOf(state.id, now) })
  if (answer.kind === 'read_again') {
    const { consecutiveFailures, lastFailure, strikes, struckAt } = state
    const standing = { checkedAt, consecutiveFailures, lastFailure, strikes, struckAt }
    return { ...next, ...standing, toldAgainAt: state.toldAgainAt, priority: suspectPriority(state) ?? next.priority }
  }
  const lastFailure = problemOf(state, answer)
  if (lastFailure === null)
    return { ...next, ...unsuspected, checkedAt: now, toldAgainAt, consecutiveFailures: 0, lastFailure }
  // EasyParcel may forget what has ended: then nothing contradicts the end, and no one need ask again.
  if (answer.kind === 'not_found' && isOver(facts))
    return { ...next, ...unsuspected, checkedAt, toldAgainAt, consecutiveFailures: 0, lastFailure: null }
  const consecutiveFailures = state.consecutiveFailures + 1
  const failed = { checkedAt, toldAgainAt, consecutiveFailures, lastFailure }
  if (answer.kind === 'fails_upstream')
    return { ...culpritCadence(facts, now, settings), ...answer.suspicion, ...failed }
  const retry = () => retryCadence({ status, priority }, { failures: consecutiveFailures, now, settings })
  return { ...(consecutiveFailures < settings.failuresMax ? retry() : next), ...unsuspected, ...failed }
}

const failureReasons: Record<Exclude<CheckAnswer['kind'], 'read_again'>, AttentionReason> = {
  found: 'unreadable',
  unreadable: 'unreadable',
  not_found: 'no_longer_found',
  fails_upstream: 'upstream_fails_on_it',
}
const isFailureReason = (reason: string | null): reason is AttentionReason =>
  Object.values<string | null>(failureReasons).includes(reason)

const failingAfter = (standing: string | null, answer: CheckAnswer, isOverdue: boolean): AttentionReason | null => {
  if (answer.kind === 'read_again') return isFailureReason(standing) ? standing : null
  if (answer.kind === 'fails_upstream') return failureReasons.fails_upstream
  if (!isOverdue) return null
  return answer.kind === 'found' && isFailureReason(standing) ? standing : failureReasons[answer.kind]
}

const neverFound: AttentionReason = 'never_found'

/** What no one knows is overdue once EasyParcel has said so late enough; reading again asks no one, so the last answer counts. */
const isOverdueUnknown = ({ state, facts, answer, context: { now, settings } }: Check): boolean => {
  if (isKnown(facts) || state.attentionSeenAt !== null) return false
  const isReadAgain = answer.kind === 'read_again'
  if (isReadAgain && state.attentionReason === neverFound) return true
  const answeredAt = isReadAgain ? state.checkedAt : now
  return answeredAt !== null && answeredAt.getTime() - state.registeredAt.getTime() >= settings.unknownAttentionMs
}

const attentionAfter = (check: Check, failures: number): string | null => {
  const { state, facts, answer, context } = check
  const raised = attentionReason(
    {
      ...unseen(facts, { seenAt: state.attentionSeenAt, calendar: context.calendar }),
      failing: failingAfter(state.attentionReason, answer, failures >= context.settings.failuresMax),
      isOverdueUnknown: isOverdueUnknown(check),
    },
    state.attentionReason,
  )
  if (answer.kind !== 'read_again' || raised === state.attentionReason) return raised
  // New rules ask no one to look at what is over.
  if (answer.isArchived) return state.attentionReason
  return state.endedAt && facts.endedAt ? null : raised
}

/** What a person looked at raises nothing any more: only scans that came after it do. */
const unseen = (
  { status, substatus, scans, reading }: Facts,
  { seenAt, calendar }: { seenAt: Date | null; calendar: Calendar },
) => {
  const isNew = ({ at }: { at: string }) => seenAt === null || Date.parse(at) > seenAt.getTime()
  const { decidedBy } = reading
  const stated = decidedBy?.source === 'staff' ? decidedBy : null
  const isToldSince = (event: ReadEvent) => event !== stated && !event.gone && event.ms <= stated!.ms && isNew(event)
  const failed = failedAttempts(reading.attempts, calendar.day)
  return {
    status,
    substatus: decidedBy && !stated && isNew(decidedBy) ? substatus : null,
    failedTwice: failed.length > 1 && isNew(failed.at(-1)!),
    statementInDoubt: stated !== null && reading.events.some(isToldSince),
    reading: {
      flags: new Set(reading.flagged.filter(isNew).flatMap(({ flags }) => flags)),
      movedOn: reading.movedOn && reading.events.some((event) => !event.gone && isNew(event)),
      isUsedBefore: reading.isUsedBefore && scans.some(isNew),
    },
  }
}

/** What a check may change of the public document, beside its events. */
const shownOf = ({ status, substatus, milestones }: Pick<Facts, 'status' | 'substatus' | 'milestones'>) => ({
  ...{ status, substatus, deliveredAt: milestones.deliveredAt },
})

/** The new public document, null when it is the old one. */
const documentAfter = ({ state, facts, answer, context: { isDemo } }: Check): RenderedDocument | null => {
  const shown = shownOf(facts)
  const rulesChanged = answer.kind === 'read_again'
  if (!rulesChanged && facts.scans === state.scans && isDeepStrictEqual(shown, shownOf(state))) return null
  const rendered = renderDocument({ ...state, ...shown, events: facts.reading.events, isDemo })
  return rendered.version === state.documentVersion ? null : rendered
}

/**
 * Decides what one answer means for one tracking: its events, status and milestones, whether a person should look, and when it is
 * asked about again. Pure and repeatable. A number that EasyParcel does not know is a failure only if it knew it once; an unreadable item
 * is one.
 */
export const planCheck = (state: TrackingState, asked: Asked): CheckPlan => {
  const facts = factsAfter(state, asked)
  const check = { ...asked, state, facts }
  const { context } = asked
  const turns = (facts.endedAt === null) !== (state.endedAt === null)
  const isOurs = context.schedule === 'ours' || (context.schedule === 'where_it_turns' && turns)
  const schedule = isOurs ? scheduleAfter(check) : null
  const failures = schedule?.consecutiveFailures ?? state.consecutiveFailures
  const attention = attentionAfter(check, failures)
  const document = documentAfter(check)
  const isNews =
    document !== null ||
    facts.status !== state.status ||
    attention !== state.attentionReason ||
    !sameInstant(facts.confirmedAt, state.confirmedAt) ||
    !sameInstant(facts.endedAt, state.endedAt)
  const { toldAgainAt, ...kept } = facts
  return {
    ...kept,
    changed: isNews || facts.scans !== state.scans || !isDeepStrictEqual(facts.milestones, state.milestones),
    isNews,
    statusChanged: facts.status !== state.status,
    eventsAdded: facts.scans === state.scans ? 0 : countNewScans(state.scans, facts.scans),
    attentionReason: attention,
    document,
    schedule,
  }
}
