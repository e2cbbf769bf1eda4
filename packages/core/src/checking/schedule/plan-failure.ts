import type { CallKind, CallOutcome } from '../gate/closed-call.ts'
import type { ConnectionState } from '../gate/gate.ts'
import {
  isCulprit,
  isNumbersFault,
  isSuspect,
  loneWaitMs,
  type Suspicion,
  suspectPriority,
  suspicionAfter,
} from '../gate/suspicion.ts'
import { retryCadence } from './backoff.ts'
import type { CheckContext, TrackingState } from './check.ts'
import { type CheckPlan, planCheck, type SchedulePlan } from './plan-check.ts'
import { priorities } from './priority.ts'

/** A call that failed as a whole: the connection's row `before` and `after` it was closed; `isOnly` says that the connection asks about nothing else. */
export type WholeFailure = {
  outcome: CallOutcome
  problem: string
  kind: CallKind
  isOnly: boolean
  before: ConnectionState
  after: ConnectionState
}

/** An outage would make culprits of all suspects: their failed calls count only while some are answered. */
const suspicionOf = (state: TrackingState, failure: WholeFailure, context: CheckContext): Suspicion => {
  const { outcome, kind, isOnly, before } = failure
  const { lapseMs, breakerFailures } = context.settings
  const isOutage = kind !== 'regular' && before.suspects.failures >= breakerFailures
  const { lastGoodCallAt } = before
  return suspicionAfter(state, { outcome, now: context.now, lastGoodCallAt, isOnly, lapseMs, isOutage })
}

type Failing = { failure: WholeFailure; context: CheckContext }

const scheduleAfter = (state: TrackingState, suspicion: Suspicion, { failure, context }: Failing): SchedulePlan => {
  const { outcome, after } = failure
  const { now, priority, settings } = context
  const failures = isSuspect(suspicion) ? after.suspects.failures : after.breaker.failures
  const retry = retryCadence({ status: state.status, priority }, { failures: Math.max(1, failures), now, settings })
  // What a person asked for stays asked for.
  const retryPriority = priority === priorities.manual ? priority : retry.priority
  const { checkedAt, toldAgainAt, consecutiveFailures } = state
  const kept = { ...suspicion, checkedAt, toldAgainAt, consecutiveFailures, lastFailure: outcome }
  const ownPriority = suspectPriority(suspicion)
  // A person asked once more about a parcel that is asked about no more.
  if (ownPriority !== null && state.status === 'lapsed')
    return { ...kept, nextDueAt: null, priority: ownPriority, explanation: `lapsed: never, after ${outcome}` }
  const loneMs = isNumbersFault(outcome) ? loneWaitMs(suspicion, settings) : null
  if (ownPriority !== null && loneMs !== null)
    return {
      ...kept,
      nextDueAt: new Date(now.getTime() + loneMs),
      priority: ownPriority,
      explanation: `failed when asked about alone ${loneMs / 60_000}: ${outcome}`,
    }
  if (outcome === 'unauthorised')
    return { ...kept, nextDueAt: now, priority, explanation: 'EasyParcel refused our access' }
  return {
    ...kept,
    nextDueAt: retry.nextDueAt,
    priority: ownPriority ?? retryPriority,
    explanation: `${retry.explanation}: ${outcome}`,
  }
}

/**
 * Decides what a failed call means for one of its parcels. It is the connection's failure: the parcel is due again after the connection's
 * backoff, at once after a refused token, since the next call carries a new one. A number that makes calls fail is told apart by `suspicion`.
 */
export const planFailure = (state: TrackingState, failing: Failing): CheckPlan => {
  const { failure, context } = failing
  const isOurs = context.schedule === 'ours'
  const suspicion = isOurs ? suspicionOf(state, failure, context) : state
  const { strikes, struckAt } = suspicion
  if (isOurs && isCulprit(suspicion) && isNumbersFault(failure.outcome))
    return planCheck(state, {
      answer: { kind: 'fails_upstream', problem: failure.problem, suspicion: { strikes, struckAt } },
      context,
    })
  return {
    ...state,
    changed: false,
    isNews: false,
    statusChanged: false,
    eventsAdded: 0,
    document: null,
    schedule: isOurs ? scheduleAfter(state, { strikes, struckAt }, failing) : null,
  }
}
