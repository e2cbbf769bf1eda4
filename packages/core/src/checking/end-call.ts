import { closeCall, countRejectedInARow, lockGate, saveGate, type Tx } from '@jejak/db'
import type { EasyParcelError } from '../easyparcel/easyparcel-error.ts'
import type { CheckDeps } from './check-deps.ts'
import { type CallOutcome, closeCallState } from './close-call.ts'
import { toConnectionState, toGateColumns } from './connection-state.ts'
import type { ConnectionState } from './gate.ts'
import type { OpenCall } from './open-call.ts'

type End = {
  outcome: CallOutcome
  now: Date
  found: number
  changed: number
  requestId: string | null
  httpStatus: number | null
  error?: EasyParcelError | undefined
}

/** Closes the call and tells the gate, under the lock of the connection's row. */
export const endCall = async (
  deps: Pick<CheckDeps, 'settings'>,
  tx: Tx,
  call: OpenCall,
  end: End,
): Promise<ConnectionState | undefined> => {
  const { now, outcome, error } = end
  const row = await lockGate(tx, call.connectionId)
  if (!row) return undefined
  const { slot, leaseUntil } = call
  const retryAfterMs = error?.retryAfterMs ?? null
  const rejectedInARow = outcome === 'rejected' ? await rejectedBatches(tx, call, row.budgetDay) : 0
  const closed = { slot, leaseUntil, outcome, rejectedInARow, retryAfterMs, now }
  const state = closeCallState(toConnectionState(row), closed, deps.settings)
  const news = error ? { failure: { at: now, message: error.message } } : { lastGoodCallAt: now }
  const durationMs = Math.max(0, now.getTime() - call.openedAt.getTime())
  const { found, changed, httpStatus, requestId } = end
  const callEnd = { id: call.id, closedAt: now, outcome, found, changed, durationMs, httpStatus, requestId }
  await Promise.all([
    closeCall(tx, { ...callEnd, error: error?.message ?? null }),
    saveGate(tx, toGateColumns(call.connectionId, state), news),
  ])
  return state
}

/** This one included; a parcel refused by itself is that parcel's trouble and does not count. */
const rejectedBatches = async (tx: Tx, call: OpenCall, budgetDay: string | null): Promise<number> => {
  const before = budgetDay === null ? 0 : await countRejectedInARow(tx, { connectionId: call.connectionId, budgetDay })
  return before + (call.trackings.length > 1 ? 1 : 0)
}
