import { type BreakerState, closedBreaker, onFailure, onNoVerdict, onSuccess } from '../gate/breaker.ts'
import { type ClosedCall, saysOfEasyParcel } from '../gate/closed-call.ts'
import { type ConnectionState, notAuthorised } from '../gate/gate.ts'
import { learnSize } from '../gate/learnt-size.ts'
import { suspectSpacingMs } from '../gate/pace.ts'
import type { CheckingSettings } from '../settings.ts'

const breakerAfter = (state: ConnectionState, call: ClosedCall, settings: CheckingSettings): BreakerState => {
  if (call.outcome === 'ok') return onSuccess(state.breaker, call)
  // What suspects bring about says nothing about EasyParcel; and a refused token only asks for a new one, the first time.
  const isOwnFault = call.kind === 'sync' && call.outcome === 'rejected'
  const isVerdict =
    saysOfEasyParcel(call.kind) &&
    !isOwnFault &&
    (call.outcome !== 'unauthorised' || state.pauseReason === notAuthorised)
  return isVerdict ? onFailure(state.breaker, { ...call, ...settings }) : onNoVerdict(state.breaker, call)
}

/** Failed calls of suspects stop suspects only: when EasyParcel is away they would fly for nothing, and be punished for it. */
const suspectsAfter = ({ suspects }: ConnectionState, call: ClosedCall, settings: CheckingSettings): BreakerState => {
  if (call.outcome === 'ok') return closedBreaker
  return saysOfEasyParcel(call.kind) ? suspects : onFailure(suspects, { ...call, ...settings })
}

/** The reason of a pause is over once a call succeeds after it. */
const pauseReasonAfter = (
  { pauseReason, pausedUntil }: ConnectionState,
  { outcome, now }: ClosedCall,
): string | null => {
  if (outcome === 'unauthorised') return notAuthorised
  const isPaused = pausedUntil !== null && pausedUntil > now
  return outcome === 'ok' && !isPaused ? null : pauseReason
}

/**
 * Asked to slow down without a time, it waits twice as long after each failed call. What the failure of a suspect asks for holds up no others.
 */
const nextCallAfter = (
  { nextCallAt, breaker, suspects }: ConnectionState,
  call: ClosedCall,
  settings: CheckingSettings,
): Date | null => {
  const isAsked = call.outcome === 'rate-limited' || (call.retryAfterMs !== null && saysOfEasyParcel(call.kind))
  if (!isAsked) return nextCallAt
  const growingMs = settings.breakerCooldownMs * 2 ** Math.max(breaker.failures, suspects.failures)
  const waitMs = Math.min(settings.retryAfterMaxMs, Math.max(0, call.retryAfterMs ?? growingMs))
  const earliest = new Date(call.now.getTime() + waitMs)
  return nextCallAt !== null && nextCallAt > earliest ? nextCallAt : earliest
}

const lastGoodAfter = ({ lastGoodCallAt }: ConnectionState, { outcome, now }: ClosedCall): Date | null =>
  outcome === 'ok' && (lastGoodCallAt === null || now > lastGoodCallAt) ? now : lastGoodCallAt

/** An answered suspect is a sign that few are to blame: half of what trials owe is forgiven, so that no innocent waits long for its turn. */
const nextSuspectAfter = (
  { nextSuspectAt }: ConnectionState,
  { kind, outcome, now }: ClosedCall,
  settings: CheckingSettings,
): Date | null => {
  if (saysOfEasyParcel(kind) || outcome !== 'ok' || nextSuspectAt === null) return nextSuspectAt
  const owedMs = Math.max(0, nextSuspectAt.getTime() - now.getTime() - suspectSpacingMs(settings))
  return new Date(nextSuspectAt.getTime() - owedMs / 2)
}

/**
 * What the connection's row becomes when a call ends; read and written under the row's lock, like the gate. A call that no longer
 * holds its slot (closed before, or its lease ran out and another took the slot) changes nothing but the wait EasyParcel asked for and
 * when it last answered.
 */
export const closeCallState = (
  state: ConnectionState,
  { call, settings }: { call: ClosedCall; settings: CheckingSettings },
): ConnectionState => {
  const nextCallAt = nextCallAfter(state, call, settings)
  const lastGoodCallAt = lastGoodAfter(state, call)
  if (state.slots[call.slot]?.getTime() !== call.leaseUntil.getTime()) return { ...state, nextCallAt, lastGoodCallAt }
  return {
    ...state,
    nextCallAt,
    lastGoodCallAt,
    learntSize: learnSize(state.learntSize, call),
    nextSuspectAt: nextSuspectAfter(state, call, settings),
    suspects: suspectsAfter(state, call, settings),
    slots: state.slots.map((expiry, slot) => (slot === call.slot ? null : expiry)),
    breaker: breakerAfter(state, call, settings),
    pauseReason: pauseReasonAfter(state, call),
  }
}
