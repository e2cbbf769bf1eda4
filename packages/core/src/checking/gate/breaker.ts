import type { CheckingSettings } from '../settings.ts'

/**
 * The circuit breaker of one connection. `failures` counts failed calls in a row and, once open, failed probes too;
 * `probeUntil` is the lease of the one call that may find out whether EasyParcel is back.
 */
export type BreakerState = { failures: number; openUntil: Date | null; probeUntil: Date | null }

/** `half_open` means that the next call is the probe; `probing` that one is under way. */
export type BreakerPhase = 'closed' | 'open' | 'half_open' | 'probing'

export const closedBreaker: BreakerState = { failures: 0, openUntil: null, probeUntil: null }

/** What the breaker says at `now`. */
export const breakerPhase = ({ openUntil, probeUntil }: BreakerState, now: Date): BreakerPhase => {
  if (openUntil === null) return 'closed'
  if (openUntil > now) return 'open'
  return probeUntil !== null && probeUntil > now ? 'probing' : 'half_open'
}

/** A call with this lease was granted: in the half-open phase it is the probe. */
export const onGrant = (state: BreakerState, { now, leaseUntil }: { now: Date; leaseUntil: Date }): BreakerState =>
  breakerPhase(state, now) === 'half_open' ? { ...state, probeUntil: leaseUntil } : state

const isProbe = ({ probeUntil }: BreakerState, leaseUntil: Date) => probeUntil?.getTime() === leaseUntil.getTime()

/** A call was answered. Once open, only the probe closes the breaker: older calls say nothing about now. */
export const onSuccess = (state: BreakerState, { leaseUntil }: { leaseUntil: Date }): BreakerState =>
  state.openUntil === null || isProbe(state, leaseUntil) ? closedBreaker : state

/** A call failed. Once open, only a failed probe counts, and doubles the cool-down up to its maximum. */
export const onFailure = (
  state: BreakerState,
  { now, leaseUntil, ...settings }: { now: Date; leaseUntil: Date } & CheckingSettings,
): BreakerState => {
  const { breakerFailures, breakerCooldownMs, breakerCooldownMaxMs } = settings
  if (state.openUntil !== null && !isProbe(state, leaseUntil)) return state
  const failures = state.failures + 1
  if (failures < breakerFailures) return { ...state, failures }
  const cooldownMs = Math.min(breakerCooldownMaxMs, breakerCooldownMs * 2 ** (failures - breakerFailures))
  return { failures, openUntil: new Date(now.getTime() + cooldownMs), probeUntil: null }
}

/** A call ended without saying anything about EasyParcel: if it was the probe, another call may be. */
export const onNoVerdict = (state: BreakerState, { leaseUntil }: { leaseUntil: Date }): BreakerState =>
  isProbe(state, leaseUntil) ? { ...state, probeUntil: null } : state
