import type { BreakerState } from './breaker.ts'
import { breakerPhase, onGrant } from './breaker.ts'
import { localDay, localDayStart, numberOfDay } from './local-time.ts'
import { manualReserve, nextAllowedAt, nextDayStartsAt, paceAllowance } from './pace.ts'
import type { GateSettings } from './settings.ts'

/**
 * What the gate knows of one connection: the locked row, nothing else. `day` is the local day the counters belong to,
 * `slots` holds one expiry per slot (a slot without one, or with a past one, is free), `callsManual`, those paid
 * from the reserve, is a part of `callsUsed`.
 */
export type ConnectionState = {
  day: string | null
  callsUsed: number
  callsManual: number
  nextCallAt: Date | null
  slots: readonly (Date | null)[]
  breaker: BreakerState
  pausedUntil: Date | null
  pauseReason: string | null
}

export type RefusalReason =
  | 'day_passed'
  | 'not_authorised'
  | 'paused'
  | 'breaker_open'
  | 'probing'
  | 'budget_spent'
  | 'paced'
  | 'slots_full'
  | 'spacing'

export type GateRefusal = { granted: false; reason: RefusalReason; retryAt: Date }
/** `fromReserve`: the call is paid for from what is kept for people, otherwise from the day's plan. */
export type GateGrant = {
  granted: true
  slot: number
  leaseUntil: Date
  probe: boolean
  fromReserve: boolean
  state: ConnectionState
}

/** `pauseReason` of a connection whose last call was refused for its token. */
export const notAuthorised = 'not_authorised'

/** How long a call may hold its slot and its rows. */
export const leaseMs = ({ apiTimeoutMs, leaseGraceMs }: Pick<GateSettings, 'apiTimeoutMs' | 'leaseGraceMs'>): number =>
  2 * apiTimeoutMs + leaseGraceMs

type Opening = { now: Date; manual: boolean }
const refuse = (reason: RefusalReason, retryAt: Date): GateRefusal => ({ granted: false, reason, retryAt })

const refuseByHealth = (state: ConnectionState, now: Date): GateRefusal | null => {
  const { breaker, pausedUntil, pauseReason } = state
  const unauthorised = pauseReason === notAuthorised
  if (pausedUntil !== null && pausedUntil > now) return refuse(unauthorised ? 'not_authorised' : 'paused', pausedUntil)
  const phase = breakerPhase(breaker, now)
  if (phase === 'open') return refuse(unauthorised ? 'not_authorised' : 'breaker_open', breaker.openUntil!)
  return phase === 'probing' ? refuse('probing', breaker.probeUntil!) : null
}

const paysFromReserve = ({ callsManual }: ConnectionState, settings: GateSettings, manual: boolean): boolean =>
  manual && callsManual < manualReserve(settings)

const refuseByBudget = (state: ConnectionState, settings: GateSettings, { now, manual }: Opening) => {
  if (state.callsUsed >= settings.dailyBudget) return refuse('budget_spent', nextDayStartsAt(now, settings))
  const scheduled = state.callsUsed - state.callsManual
  if (paysFromReserve(state, settings, manual) || scheduled < paceAllowance(now, settings)) return null
  return refuse('paced', nextAllowedAt(now, scheduled, settings))
}

const refuseByTraffic = (state: ConnectionState, settings: GateSettings, now: Date): GateRefusal | null => {
  const held = state.slots.filter((expiry) => expiry !== null && expiry > now) as Date[]
  if (held.length >= settings.concurrencyMax)
    return refuse('slots_full', new Date(Math.min(...held.map((expiry) => expiry.getTime()))))
  return state.nextCallAt !== null && state.nextCallAt > now ? refuse('spacing', state.nextCallAt) : null
}

const onDay = (state: ConnectionState, day: string): ConnectionState =>
  state.day === day ? state : { ...state, day, callsUsed: 0, callsManual: 0 }

const grant = (state: ConnectionState, settings: GateSettings, { now, manual }: Opening): GateGrant => {
  const leaseUntil = new Date(now.getTime() + leaseMs(settings))
  const slots = Array.from(
    { length: Math.max(state.slots.length, settings.concurrencyMax) },
    (_, slot) => state.slots[slot] ?? null,
  )
  const slot = slots.findIndex((expiry) => expiry === null || expiry <= now)
  slots[slot] = leaseUntil
  const breaker = onGrant(state.breaker, { now, leaseUntil })
  const fromReserve = paysFromReserve(state, settings, manual)
  return {
    granted: true,
    slot,
    leaseUntil,
    probe: breaker !== state.breaker,
    fromReserve,
    state: {
      ...state,
      callsUsed: state.callsUsed + 1,
      callsManual: state.callsManual + (fromReserve ? 1 : 0),
      nextCallAt: new Date(now.getTime() + Math.ceil(1000 / settings.callsPerSecond)),
      slots,
      breaker,
    },
  }
}

/**
 * Decides whether one call may go out at `now`, and what the connection's row becomes if it may. Read the row under its lock and
 * write `state` back in the same transaction: then breaker, budget, pace, slots and spacing hold for all processes together.
 * A manual call skips the pace while the day's reserve lasts, nothing else; after that it keeps to the pace like the others.
 */
export const decideGate = (row: ConnectionState, settings: GateSettings, opening: Opening): GateGrant | GateRefusal => {
  const today = localDay(opening.now, settings.timezone)
  if (row.day !== null && row.day > today)
    return refuse('day_passed', new Date(localDayStart(numberOfDay(row.day), settings.timezone)))
  const state = onDay(row, today)
  return (
    refuseByHealth(state, opening.now) ??
    refuseByBudget(state, settings, opening) ??
    refuseByTraffic(state, settings, opening.now) ??
    grant(state, settings, opening)
  )
}
