import {
  type ClaimedTracking,
  claimSplitTrackings,
  claimTrackings,
  findWaiting,
  insertOpenCall,
  lockGate,
  nextCallId,
  saveGate,
  type Tx,
  type Waiting,
} from '@jejak/db'
import type { CheckDeps } from './check-deps.ts'
import { toConnectionState, toGateColumns } from './connection-state.ts'
import { decideGate, type GateGrant, type GateRefusal } from './gate.ts'

/** A call that was granted, logged and has its parcels; the HTTP request may go out. */
export type OpenCall = {
  id: string
  connectionId: string
  slot: number
  openedAt: Date
  leaseUntil: Date
  trackings: readonly ClaimedTracking[]
  /** Whether these are parcels of a batch that was refused as a whole. */
  isSplit: boolean
}

export type Opening =
  | { granted: true; call: OpenCall }
  | GateRefusal
  | { granted: false; reason: 'nothing_due'; retryAt: null }

export const nothingDue = { granted: false, reason: 'nothing_due', retryAt: null } as const

type OpenDeps = Pick<CheckDeps, 'db' | 'settings' | 'passes' | 'scanMemory' | 'now'>

/**
 * Gate first, claim second, one short transaction: whoever holds the connection's row decides alone, the call is logged before it goes
 * out, and nothing is claimed that may not be asked. A refusal changes nothing.
 */
export const openCall = async (deps: OpenDeps, connectionId: string): Promise<Opening> => {
  const at = deps.now()
  const scanFrom = deps.scanMemory.scanFrom(connectionId, at)
  const waiting = await findWaiting(deps.db.sql, { connectionId, now: at, scanFrom })
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
  const row = await lockGate(tx, connectionId)
  if (!row) return nothingDue
  // Not before: whoever waited long for the lock would start with a part of its lease used up.
  const now = deps.now()
  const scanFrom = deps.scanMemory.scanFrom(connectionId, now)
  const waiting = await findWaiting(tx, { connectionId, now, scanFrom })
  if (!waiting.anything) return nothingDue
  const decision = decideGate(toConnectionState(row), deps.settings, { now, manual: waiting.manual })
  if (!decision.granted) return decision
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
    call: { id, connectionId, slot, openedAt: now, leaseUntil, trackings, isSplit },
  }
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
