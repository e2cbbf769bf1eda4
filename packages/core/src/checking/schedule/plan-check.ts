import { isDeepStrictEqual } from 'node:util'
import { isTerminal } from '@jejak/contract'
import {
  countNewScans,
  lastScanAt,
  type Merged,
  mergeAnswer,
  type ParcelReading,
  type RenderedDocument,
  readParcel,
  renderDocument,
} from '../../parcels/index.ts'
import { type Suspicion, suspectPriority, unsuspected } from '../gate/suspicion.ts'
import type { CheckingSettings } from '../settings.ts'
import { attentionAfter } from './attention-after.ts'
import { retryCadence } from './backoff.ts'
import { type Cadence, cadence, hasLapsed } from './cadence.ts'
import { type Asked, type Check, type CheckAnswer, type Facts, isKnown, type TrackingState } from './check.ts'
import { jitterOf } from './jitter.ts'
import { priorities } from './priority.ts'

/** What the schedule row becomes; `explanation` says why it is due then. */
export type SchedulePlan = Cadence &
  Suspicion &
  Pick<TrackingState, 'checkedAt' | 'toldAgainAt' | 'consecutiveFailures' | 'lastFailure'>

/** `last_failure` of a parcel that EasyParcel once knew. */
export const noLongerFound = 'not_found'

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
