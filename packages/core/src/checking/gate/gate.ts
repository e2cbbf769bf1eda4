import type { GateRow } from '@jejak/db'
import { localDay } from '../schedule/local-time.ts'
import type { CheckingSettings } from '../settings.ts'
import { type BreakerState, breakerPhase, onGrant } from './breaker.ts'
import { holdEndsAt } from './hold.ts'
import type { LearntSize } from './learnt-size.ts'
import {
  manualReserve,
  nextAllowedAt,
  nextDayStartsAt,
  paceAllowance,
  scheduledCap,
  suspectSpacingMs,
  withExtra,
} from './pace.ts'

/**
 * What the gate knows of one connection: the locked row, nothing else. `budgetDay` is the local day the counters belong to,
 * `slots` holds one expiry per slot (a slot without one, or with a past one, is free), `callsManual`, those paid
 * from the reserve, is a part of `callsUsed`. Suspects may be asked about from `nextSuspectAt` on; `suspects` counts their failed calls
 * since the last good call of any: a breaker of their own.
 */
export type ConnectionState = Omit<GateRow, `${'breaker' | 'suspect' | 'batch'}${string}`> & {
  breaker: BreakerState
  suspects: BreakerState
  learntSize: LearntSize
}

export type RefusalReason =
  | 'clock_off'
  | 'not_authorised'
  | 'held'
  | 'paused'
  | 'breaker_open'
  | 'probing'
  | 'budget_spent'
  | 'share_spent'
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

/** `pauseReason` of a connection whose jobs end by a fault of ours, each after a call that was charged. */
export const jobsFailing = 'jobs_failing'
/** `pauseReason` of a connection whose last call was refused for its token. */
export const notAuthorised = 'not_authorised'

/** How long a call may hold its slot and its rows. */
export const leaseMs = ({ apiTimeoutMs, leaseGraceMs }: CheckingSettings): number => 2 * apiTimeoutMs + leaseGraceMs

/**
 * `suspects` says that the call asks about suspects, unless a person asked. `share`: the call is paid from a share of the day's budget that is kept for
 * its kind, of which so many are left until `until`, and does not wait for the day's plan.
 */
type Opening = { now: Date; manual: boolean; suspects?: boolean; share?: Share }
export type Share = { left: number; until: Date }
const refuse = (reason: RefusalReason, retryAt: Date): GateRefusal => ({ granted: false, reason, retryAt })

/** A process whose clock is wrong asks nothing, and looks again in a minute. */
export const refuseWrongClock = (now: Date): GateRefusal =>
  refuse('clock_off', new Date(now.getTime() + clockOffWaitMs))

const clockOffWaitMs = 60_000
// What a setting that was lowered meanwhile still explains.
const slackMs = 3_600_000

/** The same row without instants that only a wrong clock can have written: they are over. The day's counters are another matter. */
export const withoutImpossible = (
  state: ConnectionState,
  { settings, now }: { settings: CheckingSettings; now: Date },
): ConnectionState => {
  const believed = <At extends Date | null>(at: At, maxMs: number): At | Date =>
    at !== null && at.getTime() - now.getTime() > maxMs + slackMs ? now : at
  const { pausedUntil, nextCallAt, nextSuspectAt, lastGoodCallAt, slots } = state
  const { breakerCooldownMaxMs, retryAfterMaxMs, callsPerSecond } = settings
  const lease = leaseMs(settings)
  const believedBreaker = ({ failures, openUntil, probeUntil }: BreakerState): BreakerState => ({
    failures,
    openUntil: believed(openUntil, breakerCooldownMaxMs),
    probeUntil: believed(probeUntil, lease),
  })
  return {
    ...state,
    nextCallAt: believed(nextCallAt, Math.max(retryAfterMaxMs, 1000 / callsPerSecond)),
    slots: slots.map((expiry) => believed(expiry, lease)),
    breaker: believedBreaker(state.breaker),
    suspects: believedBreaker(state.suspects),
    nextSuspectAt: believed(nextSuspectAt, suspectSpacingMs(settings) + suspectDebtMaxMs),
    lastGoodCallAt: believed(lastGoodCallAt, 0),
    pausedUntil: believed(pausedUntil, Math.max(breakerCooldownMaxMs, retryAfterMaxMs)),
  }
}

const refuseByHealth = (state: ConnectionState, now: Date): GateRefusal | null => {
  const { breaker, pausedUntil, pauseReason } = state
  const heldUntil = holdEndsAt(state, now)
  if (heldUntil) return refuse('held', heldUntil)
  const unauthorised = pauseReason === notAuthorised
  if (pausedUntil !== null && pausedUntil > now) return refuse(unauthorised ? 'not_authorised' : 'paused', pausedUntil)
  const phase = breakerPhase(breaker, now)
  if (phase === 'open') return refuse(unauthorised ? 'not_authorised' : 'breaker_open', breaker.openUntil!)
  return phase === 'probing' ? refuse('probing', breaker.probeUntil!) : null
}

const paysFromReserve = ({ callsManual }: ConnectionState, settings: CheckingSettings, manual: boolean): boolean =>
  manual && callsManual < manualReserve(settings)

const refuseByBudget = (state: ConnectionState, settings: CheckingSettings, { now, manual, share }: Opening) => {
  if (state.callsUsed >= settings.dailyBudget) return refuse('budget_spent', nextDayStartsAt(now, settings))
  const scheduled = state.callsUsed - state.callsManual
  if (paysFromReserve(state, settings, manual)) return null
  if (share !== undefined) return refuseByShare(share, { scheduled, now, settings })
  if (scheduled < paceAllowance(now, settings)) return null
  return refuse('paced', nextAllowedAt(now, { used: scheduled, settings }))
}

const refuseByShare = (
  { left, until }: Share,
  { scheduled, now, settings }: { scheduled: number; now: Date; settings: CheckingSettings },
) => {
  if (scheduled >= scheduledCap(settings)) return refuse('budget_spent', nextDayStartsAt(now, settings))
  return left > 0 ? null : refuse('share_spent', until)
}

const refuseByTraffic = (state: ConnectionState, settings: CheckingSettings, now: Date): GateRefusal | null => {
  const held = state.slots.filter((expiry) => expiry !== null && expiry > now) as Date[]
  if (held.length >= settings.concurrencyMax)
    return refuse('slots_full', new Date(Math.min(...held.map((expiry) => expiry.getTime()))))
  return state.nextCallAt !== null && state.nextCallAt > now ? refuse('spacing', state.nextCallAt) : null
}

// What trials take beyond the suspects' share is paid back, so that settling many ends in no day above it.
const suspectDebtMaxMs = 6 * 3_600_000

const onDay = (state: ConnectionState, day: string): ConnectionState =>
  state.budgetDay === day ? state : { ...state, budgetDay: day, callsUsed: 0, callsManual: 0 }

const suspectsAfterGrant = (
  { suspects, nextSuspectAt }: ConnectionState,
  settings: CheckingSettings,
  lease: { now: Date; leaseUntil: Date },
): Pick<ConnectionState, 'suspects' | 'nextSuspectAt'> => {
  const now = lease.now.getTime()
  const owedMs = Math.min(suspectDebtMaxMs, Math.max(0, (nextSuspectAt?.getTime() ?? now) - now))
  return {
    suspects: onGrant(suspects, lease),
    nextSuspectAt: new Date(now + owedMs + suspectSpacingMs(settings)),
  }
}

const grant = (state: ConnectionState, settings: CheckingSettings, { now, manual, suspects }: Opening): GateGrant => {
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
      ...(suspects ? suspectsAfterGrant(state, settings, { now, leaseUntil }) : {}),
    },
  }
}

/**
 * Decides whether one call may go out at `now`, and what the connection's row becomes if it may. Read the row under its lock and
 * write `state` back in the same transaction: then breaker, budget, pace, slots and spacing hold for all processes together.
 * A day other than today's begins with nothing used: what was used since midnight is counted before (`openCall`).
 * A manual call skips the pace while the day's reserve lasts, nothing else; after that it keeps to the pace like the others.
 */
export const decideGate = (
  row: ConnectionState,
  { settings, opening }: { settings: CheckingSettings; opening: Opening },
): GateGrant | GateRefusal => {
  const day = localDay(opening.now, settings.timezone)
  const state = onDay(withoutImpossible(row, { settings, now: opening.now }), day)
  const today = withExtra(settings, { row, day })
  return (
    refuseByHealth(state, opening.now) ??
    refuseByBudget(state, today, opening) ??
    refuseByTraffic(state, today, opening.now) ??
    grant(state, today, opening)
  )
}
