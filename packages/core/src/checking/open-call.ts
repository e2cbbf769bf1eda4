import {
  type ClaimedTracking,
  claimSplitTrackings,
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
import type { CheckDeps } from './check-deps.ts'
import { agreeWithinMs, clockIsOff } from './clock-difference.ts'
import { toConnectionState, toGateColumns } from './connection-state.ts'
import { type ConnectionState, decideGate, type GateGrant, type GateRefusal, refuseWrongClock } from './gate.ts'
import { localDay, localDayStart, numberOfDay } from './local-time.ts'

/** A call that was granted, logged and has its parcels; the HTTP request may go out. */
export type OpenCall = {
  id: string
  connectionId: string
  slot: number
  openedAt: Date
  leaseUntil: Date
  /** The end of the lease by the clock of this process. */
  answerBy: Date
  trackings: readonly ClaimedTracking[]
  /** Whether these are parcels of a batch that was refused as a whole. */
  isSplit: boolean
}

export type Opening =
  | { granted: true; call: OpenCall }
  | (GateRefusal & { decidedAt: Date })
  | { granted: false; reason: 'nothing_due'; retryAt: null }

export const nothingDue = { granted: false, reason: 'nothing_due', retryAt: null } as const

type OpenDeps = Pick<CheckDeps, 'db' | 'settings' | 'passes' | 'scanMemory' | 'clock' | 'now'>

/**
 * Gate first, claim second, one short transaction: whoever holds the connection's row decides alone, the call is logged before it goes
 * out, and nothing is claimed that may not be asked. A refusal changes nothing.
 */
export const openCall = async (deps: OpenDeps, connectionId: string): Promise<Opening> => {
  const at = deps.now()
  const scanFrom = deps.scanMemory.scanFrom(connectionId, at)
  // Only a look whether the row is worth locking: this clock may be as much behind the deciding one.
  const soon = new Date(at.getTime() + agreeWithinMs)
  const waiting = await findWaiting(deps.db.sql, { connectionId, now: soon, scanFrom })
  if (!waiting.anything) return nothingDue
  const opening = await deps.db.transaction((tx) => openUnderLock(deps, tx, connectionId))
  // Not before the commit: what a claim that was rolled back had taken must still be found.
  if (opening.granted && !opening.call.isSplit) {
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
  const scanFrom = deps.scanMemory.scanFrom(connectionId, now)
  const waiting = await findWaiting(tx, { connectionId, now, scanFrom })
  if (!waiting.anything) return nothingDue
  const counted = await withCallsOfToday(deps, tx, toConnectionState(row), { connectionId, now })
  const decision = decideGate(counted, deps.settings, { now, manual: waiting.manual })
  if (!decision.granted) return { ...decision, decidedAt: now }
  const { slot, leaseUntil, state, fromReserve } = decision
  const id = await nextCallId(tx)
  const order = claimOrder(waiting, decision)
  const { trackings, isSplit } = await claimFirst(
    deps,
    tx,
    { connectionId, callId: id, now, leaseUntil, scanFrom },
    order,
  )
  if (trackings.length === 0) return nothingDue
  await insertOpenCall(tx, {
    id,
    connectionId,
    budgetDay: state.day!,
    isManual: fromReserve,
    slot,
    openedAt: now,
    leaseUntil,
    batchSize: trackings.length,
  })
  await saveGate(tx, toGateColumns(connectionId, state))
  return {
    granted: true,
    call: {
      id,
      connectionId,
      slot,
      openedAt: now,
      leaseUntil,
      answerBy: new Date(ownNow.getTime() + leaseUntil.getTime() - now.getTime()),
      trackings,
      isSplit,
    },
  }
}

/** A day ahead of today's was written by a wrong clock, or in a time zone that was changed since: today's calls are counted anew. */
const withCallsOfToday = async (
  { settings: { timezone } }: Pick<OpenDeps, 'settings'>,
  tx: Tx,
  state: ConnectionState,
  { connectionId, now }: { connectionId: string; now: Date },
): Promise<ConnectionState> => {
  const day = localDay(now, timezone)
  if (state.day === null || state.day <= day) return state
  const dayStart = new Date(localDayStart(numberOfDay(day), timezone))
  const { used, manual } = await recountCalls(tx, { connectionId, now, day, dayStart })
  return { ...state, day, callsUsed: used, callsManual: manual }
}

/** Batch sizes of what may be claimed, first choice first; null stands for parcels that were never refused. */
const claimOrder = ({ manual, splitLimit }: Waiting, { probe }: GateGrant): (number | null)[] => {
  // A person's call carries what the person asked for; refused batches wait for the next one.
  if (manual || splitLimit === null) return [null]
  // A parcel that EasyParcel refuses by itself would keep the breaker open for all.
  return probe ? [null, splitLimit] : [splitLimit]
}

type ClaimArgs = {
  connectionId: string
  callId: string
  now: Date
  leaseUntil: Date
  scanFrom: ReadonlyMap<number, Date>
}

const claimFirst = async (deps: OpenDeps, tx: Tx, args: ClaimArgs, order: readonly (number | null)[]) => {
  for (const splitLimit of order) {
    const trackings = await claim(deps, tx, args, splitLimit)
    if (trackings.length > 0) return { trackings, isSplit: splitLimit !== null }
  }
  return { trackings: [], isSplit: false }
}

const claim = ({ settings, passes }: OpenDeps, tx: Tx, args: ClaimArgs, splitLimit: number | null) => {
  if (splitLimit !== null) return claimSplitTrackings(tx, { ...args, batchLimit: splitLimit })
  const fillCheckedBefore = new Date(args.now.getTime() - settings.minMs)
  return claimTrackings(tx, { ...args, passes, fillCheckedBefore })
}
