import type { EasyParcelFailureKind } from '../easyparcel/easyparcel-error.ts'
import { type BreakerState, onFailure, onNoVerdict, onSuccess } from './breaker.ts'
import { type ConnectionState, notAuthorised } from './gate.ts'
import type { GateSettings } from './settings.ts'

/** How a call ended, if its process lived to say so. */
export type CallOutcome = 'ok' | EasyParcelFailureKind

// Halving a batch of 50 down to what EasyParcel accepts takes up to seven refusals in a row if it accepts 10 numbers.
const rejectedInARowMax = 8

/** `rejectedInARow` counts refused batches of more than one since the last good call, this one included. */
export type ClosedCall = {
  slot: number
  leaseUntil: Date
  outcome: CallOutcome
  rejectedInARow: number
  retryAfterMs: number | null
  now: Date
}

const breakerAfter = (state: ConnectionState, call: ClosedCall, settings: GateSettings): BreakerState => {
  switch (call.outcome) {
    case 'ok':
      return onSuccess(state.breaker, call)
    case 'rejected':
      // When nothing passes any more, the numbers are not at fault.
      if (call.rejectedInARow > rejectedInARowMax) return onFailure(state.breaker, call, settings)
      // The batch was at fault, and EasyParcel was there to say so: a probe closes the breaker, a count of failures stays.
      return state.breaker.openUntil === null ? state.breaker : onSuccess(state.breaker, call)
    case 'unauthorised':
      // The first one only asks for a new token.
      return state.pauseReason === notAuthorised
        ? onFailure(state.breaker, call, settings)
        : onNoVerdict(state.breaker, call)
    default:
      return onFailure(state.breaker, call, settings)
  }
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

const nextCallAfter = ({ nextCallAt }: ConnectionState, call: ClosedCall, settings: GateSettings): Date | null => {
  if (call.outcome !== 'rate-limited' && call.retryAfterMs === null) return nextCallAt
  const waitMs = Math.min(settings.retryAfterMaxMs, Math.max(0, call.retryAfterMs ?? settings.breakerCooldownMs))
  const earliest = new Date(call.now.getTime() + waitMs)
  return nextCallAt !== null && nextCallAt > earliest ? nextCallAt : earliest
}

/**
 * What the connection's row becomes when a call ends; read and written under the row's lock, like the gate. A call that no longer
 * holds its slot (closed before, or its lease ran out and another took the slot) changes nothing but the wait EasyParcel asked for.
 */
export const closeCallState = (state: ConnectionState, call: ClosedCall, settings: GateSettings): ConnectionState => {
  const nextCallAt = nextCallAfter(state, call, settings)
  if (state.slots[call.slot]?.getTime() !== call.leaseUntil.getTime()) return { ...state, nextCallAt }
  return {
    ...state,
    nextCallAt,
    slots: state.slots.map((expiry, slot) => (slot === call.slot ? null : expiry)),
    breaker: breakerAfter(state, call, settings),
    pauseReason: pauseReasonAfter(state, call),
  }
}
