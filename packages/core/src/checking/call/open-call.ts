import {
  type ClaimedTracking,
  claimSuspects,
  claimTrackings,
  findWaiting,
  insertOpenCall,
  lockGate,
  nextCallId,
  recountCalls,
  saveGate,
  type Tx,
  type Waiting,
} from '@jejak/db'
import { agreeWithinMs, clockIsOff } from '../gate/clock-difference.ts'
import type { CallKind } from '../gate/closed-call.ts'
import { toConnectionState, toGateRow } from '../gate/connection-state.ts'
import {
  type ConnectionState,
  decideGate,
  type GateRefusal,
  refuseWrongClock,
  withoutImpossible,
} from '../gate/gate.ts'
import { type CallChoice, chooseCall } from '../schedule/choose-call.ts'
import { claimPasses } from '../schedule/claim-order.ts'
import { localDay, localDayStart, numberOfDay } from '../schedule/local-time.ts'
import { priorities } from '../schedule/priority.ts'
import type { CheckingSettings } from '../settings.ts'
import type { CheckDeps } from './check-deps.ts'

/** A call that was granted, logged and has its parcels; the HTTP request may go out. */
export type OpenCall = {
  id: string
  connectionId: string
  organizationId: string
  slot: number
  openedAt: Date
  leaseUntil: Date
  /** The end of the lease by the clock of this process. */
  answerBy: Date
  trackings: readonly ClaimedTracking[]
  kind: CallKind
  /** Whether it finds out if EasyParcel answers again after a failed call. */
  isProbe: boolean
}

export type Opening =
  | { granted: true; call: OpenCall }
  | (GateRefusal & { decidedAt: Date })
  | { granted: false; reason: 'nothing_due'; retryAt: null }

export const nothingDue = { granted: false, reason: 'nothing_due', retryAt: null } as const

type OpenDeps = Pick<CheckDeps, 'db' | 'settingsOf' | 'scanMemory' | 'clock' | 'now'>

/**
 * Gate first, claim second, one short transaction: the holder of the connection's row decides alone, the call is logged before it goes
 * out, and nothing is claimed that may not be asked. A refusal changes nothing, but counts of another day.
 */
export const openCall = async (deps: OpenDeps, connectionId: string): Promise<Opening> => {
  const at = deps.now()
  const scanFrom = deps.scanMemory.scanFrom(connectionId, at)
  // This only tells whether the row is worth locking: this clock may be as much behind the deciding one.
  const soon = new Date(at.getTime() + agreeWithinMs)
  const waiting = await findWaiting(deps.db.sql, { connectionId, now: soon, scanFrom })
  if (!isAnything(waiting)) return nothingDue
  const opening = await deps.db.transaction((tx) => openUnderLock(deps, tx, connectionId))
  // Not before the commit: what a claim that was rolled back had taken must still be found.
  if (opening.granted && opening.call.kind === 'regular') {
    const { trackings, openedAt } = opening.call
    deps.scanMemory.remember(connectionId, trackings, openedAt)
  }
  return opening
}

const openUnderLock = async (deps: OpenDeps, tx: Tx, connectionId: string): Promise<Opening> => {
  // Statements of a transaction are done in order: the clock is read when the lock is there, or who waited long for it would start with a part
  // of its lease used up.
  const [row, now] = await Promise.all([lockGate(tx, connectionId), deps.clock(tx)])
  if (!row) return nothingDue
  const ownNow = deps.now()
  if (clockIsOff(ownNow.getTime() - now.getTime())) return { ...refuseWrongClock(now), decidedAt: now }
  const { organizationId } = row
  const settings = deps.settingsOf(organizationId)
  const scanFrom = deps.scanMemory.scanFrom(connectionId, now)
  // Should the gate refuse, an id is left out: cheaper than to go and fetch it for each call.
  const [waiting, id] = await Promise.all([findWaiting(tx, { connectionId, now, scanFrom }), nextCallId(tx)])
  const counted = await withCallsOfToday(settings, { tx, state: toConnectionState(row), connectionId, now })
  const before = withoutImpossible(counted, { settings, now })
  const choice = chooseCall(before, { waiting, choosing: { now, settings } })
  if (!choice) return nothingDue
  const { kind } = choice
  const manual = kind === 'asked' || (kind === 'regular' && waiting.classes.includes(priorities.manual))
  const suspects = kind === 'trial' || kind === 'culprit'
  const decision = decideGate(before, { settings, opening: { now, manual, suspects } })
  if (!decision.granted) return { ...decision, decidedAt: now }
  const { slot, leaseUntil, state, fromReserve, probe } = decision
  const callsInFlight = before.slots.filter((expiry) => expiry !== null && expiry > now).length
  const claiming = { connectionId, callId: id, now, leaseUntil, scanFrom, callsInFlight, classes: waiting.classes }
  const trackings = await claim(settings, tx, claiming, choice)
  if (trackings.length === 0) return nothingDue
  const call = { id, connectionId, organizationId, slot, openedAt: now, leaseUntil }
  const logged = { budgetDay: state.budgetDay!, isManual: fromReserve }
  await Promise.all([
    insertOpenCall(tx, {
      ...{ ...call, ...logged, batchSize: trackings.length },
      trackingIds: trackings.map(({ trackingId }) => trackingId),
    }),
    saveGate(tx, toGateRow(state)),
  ])
  const answerBy = new Date(ownNow.getTime() + leaseUntil.getTime() - now.getTime())
  const isProbe = probe || before.breaker.failures > 0
  return { granted: true, call: { ...call, answerBy, trackings, kind, isProbe } }
}

/**
 * On another day than the counters', the calls since midnight are counted again: none as a rule, but some where a wrong clock wrote the day, or the
 * time zone was changed since.
 */
export const withCallsOfToday = async (
  { timezone }: CheckingSettings,
  { tx, state, connectionId, now }: { tx: Tx; state: ConnectionState; connectionId: string; now: Date },
): Promise<ConnectionState> => {
  const day = localDay(now, timezone)
  if (state.budgetDay === null || state.budgetDay === day) return state
  const dayStart = new Date(localDayStart(numberOfDay(day), timezone))
  const { used, manual } = await recountCalls(tx, { connectionId, now, day, dayStart })
  const counted = { ...state, budgetDay: day, callsUsed: used, callsManual: manual }
  // Calls may have moved to another day: the counters go with them, also where the gate refuses now.
  await saveGate(tx, toGateRow(counted))
  return counted
}

type ClaimArgs = Omit<Parameters<typeof claimTrackings>[1], 'passes' | 'fillCheckedBefore' | 'inFlightElsewhere'> & {
  classes: Waiting['classes']
  callsInFlight: number
}

const classOf = { asked: priorities.manual, trial: priorities.suspect, culprit: priorities.culprit } as const

const claim = (settings: CheckingSettings, tx: Tx, args: ClaimArgs, { kind, size }: CallChoice) => {
  if (kind !== 'regular') return claimSuspects(tx, { ...args, priority: classOf[kind], seats: size })
  const fillCheckedBefore = new Date(args.now.getTime() - settings.minMs)
  return claimTrackings(tx, {
    ...args,
    passes: claimPasses({ batchSize: size, classes: args.classes }),
    fillCheckedBefore,
    inFlightElsewhere: args.callsInFlight * settings.batchSize,
  })
}

const isAnything = ({ classes, asked, trial, culprit }: Waiting): boolean =>
  classes.length > 0 || asked || culprit || trial !== null
