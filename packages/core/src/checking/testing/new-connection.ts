import { closedBreaker } from '../gate/breaker.ts'
import type { ConnectionState } from '../gate/gate.ts'
import { nothingLearnt } from '../gate/learnt-size.ts'

/** The row of a connection that has made no call yet. */
export const newConnectionState: ConnectionState = {
  id: '1',
  organizationId: '1',
  isAuthorised: true,
  budgetDay: null,
  callsUsed: 0,
  callsManual: 0,
  nextCallAt: null,
  slots: [],
  breaker: closedBreaker,
  nextSuspectAt: null,
  suspects: closedBreaker,
  learntSize: nothingLearnt,
  lastGoodCallAt: null,
  pausedUntil: null,
  pauseReason: null,
  lastFailure: null,
  lastFailureAt: null,
  heldSince: null,
  heldUntil: null,
  extraDay: null,
  extraCalls: 0,
}
