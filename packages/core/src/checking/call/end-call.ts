import { closeCall, type GateRow, lockGate, saveGate, type Tx } from '@jejak/db'
import { type CallOutcome, saysOfEasyParcel } from '../gate/closed-call.ts'
import { toConnectionState, toGateRow } from '../gate/connection-state.ts'
import { anotherAccount, findsNone, noneFound } from '../gate/empty-answers.ts'
import type { ConnectionState } from '../gate/gate.ts'
import type { CheckingSettings } from '../settings.ts'
import { closeCallState } from './close-call.ts'
import type { OpenCall } from './open-call.ts'

/** How a call ended; `problem` is null when it went well. */
export type CallEnd = {
  outcome: CallOutcome
  problem: string | null
  retryAfterMs: number | null
  httpStatus: number | null
  requestId: string | null
  now: Date
}

/** The connection's row, locked, before and after the end of a call; not yet written. */
export type Closing = { end: CallEnd; before: ConnectionState; after: ConnectionState }

/** Two empty answers in a row are hardly chance. */
const problemOf = ({ outcome, problem }: CallEnd, row: GateRow): string | null => {
  if (outcome !== 'empty') return problem
  return findsNone(row) ? anotherAccount : `${noneFound}.`
}

/** Locks the connection's row and decides what it becomes; undefined when it is gone. */
export const lockClosing = async (
  settings: CheckingSettings,
  { tx, call, end }: { tx: Tx; call: OpenCall; end: CallEnd },
): Promise<Closing | undefined> => {
  const row = await lockGate(tx, call.connectionId)
  if (!row) return undefined
  const { slot, leaseUntil, kind } = call
  const { outcome, retryAfterMs, now } = end
  const before = toConnectionState(row)
  const closed = { slot, leaseUntil, kind, size: call.trackings.length, outcome, retryAfterMs, now }
  return {
    before,
    after: closeCallState(before, { call: closed, settings }),
    end: { ...end, problem: problemOf(end, row) },
  }
}

/** `couriers`: how many parcels of each the call asked about. */
type Ended = { call: OpenCall; found: number; changed: number; couriers?: Record<string, number> }

/** Writes the connection's row and the end of the call. */
export const saveClosing = async (
  tx: Tx,
  { call, end, after, found, changed, couriers }: Closing & Ended,
): Promise<void> => {
  const { now, outcome, problem, httpStatus, requestId } = end
  const durationMs = Math.max(0, now.getTime() - call.openedAt.getTime())
  await Promise.all([
    closeCall(tx, {
      ...{ id: call.id, closedAt: now, outcome, error: problem },
      ...{ found, changed, durationMs, httpStatus, requestId, couriers },
    }),
    // What a suspect brings about is no failure of the connection.
    saveGate(tx, {
      ...toGateRow(after),
      ...(problem !== null && saysOfEasyParcel(call.kind) && { lastFailure: problem, lastFailureAt: now }),
    }),
  ])
}
