import { isTerminal, type Substatus, type TrackingEvent, type TrackingStatus } from '@jejak/contract'
import type { ItemAnswer } from '../easyparcel/courier-source.ts'
import {
  type DerivedStatus,
  deriveStatus,
  type Milestones,
  mergeEvents,
  milestonesOf,
  type RenderedDocument,
  renderDocument,
  scanKey,
} from '../tracking/index.ts'
import { type AttentionReason, attentionReason } from './attention.ts'
import { retryCadence } from './backoff.ts'
import { type Cadence, cadence, hasLapsed } from './cadence.ts'
import type { Calendar } from './calendar.ts'
import { jitterOf } from './jitter.ts'
import { type Priority, priorities } from './priority.ts'
import type { CheckingSettings } from './settings.ts'
import { type Suspicion, unsuspected } from './suspicion.ts'

/**
 * A tracking as it is in the database, under its row lock. `confirmedAt` is when EasyParcel first knew the number, `checkedAt` when it
 * last answered about it, `endedAt` when a terminal status began; `estimatedDelivery` is a local day `YYYY-MM-DD`.
 */
export type TrackingState = Suspicion & {
  id: string
  trackingNumber: string
  courier: string | null
  status: TrackingStatus
  substatus: Substatus | null
  events: readonly TrackingEvent[]
  milestones: Milestones
  estimatedDelivery: string | null
  registeredAt: Date
  confirmedAt: Date | null
  endedAt: Date | null
  requiresAttention: boolean
  attentionReason: string | null
  checkedAt: Date | null
  consecutiveFailures: number
  lastFailure: string | null
}

/** `priority` is the class the tracking was claimed in; without `ownsSchedule` (its mark is gone) an answer only contributes events. */
export type CheckContext = {
  now: Date
  settings: CheckingSettings
  calendar: Calendar
  priority: Priority
  ownsSchedule: boolean
  isDemo: boolean
}

/** What the schedule row becomes; `explanation` says why it is due then. */
export type SchedulePlan = Cadence &
  Suspicion & { checkedAt: Date | null; consecutiveFailures: number; lastFailure: string | null }

/** What is known after a call: what EasyParcel said, or that it fails whenever it is asked about this number alone. */
export type CheckAnswer = ItemAnswer | { kind: 'fails_upstream'; problem: string; suspicion: Suspicion }

/** `last_failure` of a parcel that EasyParcel once knew. */
export const noLongerFound = 'not_found'

type Facts = Pick<TrackingState, 'status' | 'substatus' | 'events' | 'milestones' | 'confirmedAt' | 'endedAt'>

/**
 * What one answer does to one tracking. `changed` says that its cache row must be written; `document` is the new public document, null
 * when readers would see no difference; `schedule` is null when the schedule is not this call's to write.
 */
export type CheckPlan = Facts &
  Pick<TrackingState, 'requiresAttention' | 'attentionReason'> & {
    changed: boolean
    statusChanged: boolean
    eventsAdded: number
    document: RenderedDocument | null
    schedule: SchedulePlan | null
  }

const earliest = (a: Date | null, b: Date | null): Date | null => (a && b ? (a < b ? a : b) : (a ?? b))
const sameInstant = (a: Date | null, b: Date | null): boolean => a?.getTime() === b?.getTime()

const isSameScan = (a: TrackingEvent, b: TrackingEvent): boolean =>
  a.at === b.at &&
  a.text === b.text &&
  a.code === b.code &&
  a.status === b.status &&
  a.substatus === b.substatus &&
  a.location === b.location &&
  a.rawAt === b.rawAt &&
  a.zoneGuessed === b.zoneGuessed

/** Nine checks of ten bring nothing new: then the same array comes back, without the cost of a merge. */
const withNewEvents = (known: readonly TrackingEvent[], answer: CheckAnswer, eventsMax: number) => {
  if (answer.kind !== 'found') return known
  const isNew = (event: TrackingEvent) => !known.some((other) => isSameScan(other, event))
  if (!answer.events.some(isNew)) return known
  const merged = mergeEvents(known, answer.events, eventsMax)
  return merged.length === known.length && merged.every((event, index) => isSameScan(event, known[index]!))
    ? known
    : merged
}

/** Scans older than the oldest kept one are gone; the milestones they set are not. */
const milestonesAfter = (state: TrackingState, events: readonly TrackingEvent[], eventsMax: number): Milestones => {
  if (events === state.events) return state.milestones
  const derived = milestonesOf(events)
  if (events.length < eventsMax) return derived
  return {
    ...derived,
    collectedAt: earliest(state.milestones.collectedAt, derived.collectedAt),
    outForDeliveryAt: earliest(state.milestones.outForDeliveryAt, derived.outForDeliveryAt),
  }
}

/** The newest scan that has happened, or the registration. */
const lastNewsAt = (events: readonly TrackingEvent[], registeredAt: Date, now: Date): Date =>
  events.reduce((last, { at }) => {
    const eventAt = Date.parse(at)
    return eventAt > last.getTime() && eventAt <= now.getTime() ? new Date(eventAt) : last
  }, registeredAt)

const endOf = (state: TrackingState, status: TrackingStatus, { decidedBy }: DerivedStatus, now: Date): Date | null => {
  if (!isTerminal(status)) return null
  const decidedAt = status !== 'lapsed' && decidedBy ? new Date(decidedBy.at) : null
  if (decidedAt && decidedAt <= now) return decidedAt
  return state.status === status ? (earliest(state.endedAt, now) ?? now) : now
}

const factsAfter = (state: TrackingState, answer: CheckAnswer, { now, settings }: CheckContext): Facts => {
  const events = withNewEvents(state.events, answer, settings.eventsMax)
  const derived = deriveStatus(events)
  const isSilent = answer.kind !== 'unreadable' && hasLapsed(lastNewsAt(events, state.registeredAt, now), now, settings)
  // What could not be read says nothing about silence either way.
  const staysLapsed = answer.kind === 'unreadable' && state.status === 'lapsed'
  const lapsed = !isTerminal(derived.status) && (isSilent || staysLapsed)
  const status = lapsed ? 'lapsed' : derived.status
  return {
    status,
    substatus: lapsed ? null : derived.substatus,
    events,
    milestones: milestonesAfter(state, events, settings.eventsMax),
    confirmedAt: state.confirmedAt ?? (answer.kind === 'found' ? now : null),
    endedAt: endOf(state, status, derived, now),
  }
}

const isKnown = ({ confirmedAt, events }: Facts): boolean => confirmedAt !== null || events.length > 0

/** Why an answer is no good check, null when it is one. It would have brought news if there were any. */
const problemOf = ({ confirmedAt }: TrackingState, answer: CheckAnswer): string | null => {
  if (answer.kind === 'unreadable' || answer.kind === 'fails_upstream') return answer.problem
  return answer.kind === 'not_found' && confirmedAt !== null ? noLongerFound : null
}

const culpritCadence = ({ status }: Facts, now: Date, { culpritMs }: CheckingSettings): Cadence => ({
  nextDueAt: isTerminal(status) ? null : new Date(now.getTime() + culpritMs),
  priority: priorities.culprit,
  explanation: `EasyParcel fails on this number: ${culpritMs / 60_000}`,
})

const scheduleAfter = (
  state: TrackingState,
  facts: Facts,
  answer: CheckAnswer,
  { now, settings, calendar, priority }: CheckContext,
): SchedulePlan => {
  const input = {
    status: facts.status,
    isKnown: isKnown(facts),
    estimatedDelivery: state.estimatedDelivery,
    registeredAt: state.registeredAt,
    endedAt: facts.endedAt,
  }
  const next = cadence(input, now, settings, calendar, jitterOf(state.id, now))
  const lastFailure = problemOf(state, answer)
  if (lastFailure === null) return { ...next, ...unsuspected, checkedAt: now, consecutiveFailures: 0, lastFailure }
  const { checkedAt } = state
  // EasyParcel may forget what has ended: then nothing contradicts the end, and nobody need ask again.
  if (answer.kind === 'not_found' && isTerminal(facts.status))
    return { ...next, ...unsuspected, checkedAt, consecutiveFailures: 0, lastFailure: null }
  const consecutiveFailures = state.consecutiveFailures + 1
  const failed = { checkedAt, consecutiveFailures, lastFailure }
  if (answer.kind === 'fails_upstream')
    return { ...culpritCadence(facts, now, settings), ...answer.suspicion, ...failed }
  const retry = consecutiveFailures < settings.failuresMax
  return {
    ...(retry ? retryCadence({ status: facts.status, priority }, consecutiveFailures, now, settings) : next),
    ...unsuspected,
    ...failed,
  }
}

const failureReasons: Record<CheckAnswer['kind'], AttentionReason> = {
  found: 'unreadable',
  unreadable: 'unreadable',
  not_found: 'no_longer_found',
  fails_upstream: 'upstream_fails_on_it',
}
const isFailureReason = (reason: string | null): reason is AttentionReason =>
  Object.values<string | null>(failureReasons).includes(reason)

const failingAfter = (
  { attentionReason: standing }: TrackingState,
  answer: CheckAnswer,
  isOverdue: boolean,
): AttentionReason | null => {
  if (answer.kind === 'fails_upstream') return failureReasons.fails_upstream
  if (!isOverdue) return null
  return answer.kind === 'found' && isFailureReason(standing) ? standing : failureReasons[answer.kind]
}

const attentionAfter = (
  state: TrackingState,
  facts: Facts,
  answer: CheckAnswer,
  failures: number,
  { now, settings }: CheckContext,
): string | null =>
  attentionReason(
    {
      status: facts.status,
      substatus: facts.substatus,
      flags: answer.kind === 'found' ? answer.flags : null,
      failing: failingAfter(state, answer, failures >= settings.failuresMax),
      isOverdueUnknown: !isKnown(facts) && now.getTime() - state.registeredAt.getTime() >= settings.unknownAttentionMs,
    },
    state.attentionReason,
  )

const isVisibleChange = (state: TrackingState, facts: Facts): boolean =>
  facts.events !== state.events ||
  facts.status !== state.status ||
  facts.substatus !== state.substatus ||
  !sameInstant(facts.milestones.deliveredAt, state.milestones.deliveredAt)

/**
 * Decides what one answer means for one tracking: its events, status and milestones, whether a person should look, and when it is
 * asked about again. Pure and repeatable. A number that EasyParcel does not know is a failure only if it knew it once; an unreadable item
 * is one.
 */
export const planCheck = (state: TrackingState, answer: CheckAnswer, context: CheckContext): CheckPlan => {
  const facts = factsAfter(state, answer, context)
  const schedule = context.ownsSchedule ? scheduleAfter(state, facts, answer, context) : null
  const failures = schedule?.consecutiveFailures ?? state.consecutiveFailures
  const attention = attentionAfter(state, facts, answer, failures, context)
  const isVisible = isVisibleChange(state, facts)
  const { trackingNumber, courier, estimatedDelivery } = state
  const { status, substatus, events, milestones } = facts
  const rendered = { trackingNumber, courier, estimatedDelivery, status, substatus, events, isDemo: context.isDemo }
  return {
    ...facts,
    changed:
      isVisible ||
      attention !== state.attentionReason ||
      !sameInstant(facts.confirmedAt, state.confirmedAt) ||
      !sameInstant(facts.endedAt, state.endedAt),
    statusChanged: status !== state.status,
    eventsAdded: countAdded(state.events, events),
    requiresAttention: attention !== null,
    attentionReason: attention,
    document: isVisible ? renderDocument({ ...rendered, deliveredAt: milestones.deliveredAt }) : null,
    schedule,
  }
}

const countAdded = (before: readonly TrackingEvent[], after: readonly TrackingEvent[]): number => {
  if (before === after) return 0
  const known = new Set(before.map(scanKey))
  return after.filter((event) => !known.has(scanKey(event))).length
}
