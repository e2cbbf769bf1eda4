import type { GateRow } from '@jejak/db'
import type { ConnectionState } from './gate.ts'

/** The connection's row as the pure gate sees it. */
export const toConnectionState = (row: GateRow): ConnectionState => ({
  day: row.budgetDay,
  callsUsed: row.callsUsed,
  callsManual: row.callsManual,
  nextCallAt: row.nextCallAt,
  slots: row.slots,
  breaker: { failures: row.breakerFailures, openUntil: row.breakerOpenUntil, probeUntil: row.breakerProbeUntil },
  nextSuspectAt: row.nextSuspectAt,
  suspects: { failures: row.suspectFailures, openUntil: row.suspectOpenUntil, probeUntil: row.suspectProbeUntil },
  learntSize: { answered: row.batchAnswered, refused: row.batchRefused },
  lastGoodCallAt: row.lastGoodCallAt,
  pausedUntil: row.pausedUntil,
  pauseReason: row.pauseReason,
})

/** The same way back, for the statement that writes it. */
export const toGateColumns = (id: string, state: ConnectionState) => ({
  id,
  budgetDay: state.day,
  callsUsed: state.callsUsed,
  callsManual: state.callsManual,
  nextCallAt: state.nextCallAt,
  slots: [...state.slots],
  breakerFailures: state.breaker.failures,
  breakerOpenUntil: state.breaker.openUntil,
  breakerProbeUntil: state.breaker.probeUntil,
  nextSuspectAt: state.nextSuspectAt,
  suspectFailures: state.suspects.failures,
  suspectOpenUntil: state.suspects.openUntil,
  suspectProbeUntil: state.suspects.probeUntil,
  batchAnswered: state.learntSize.answered,
  batchRefused: state.learntSize.refused,
  lastGoodCallAt: state.lastGoodCallAt,
  pausedUntil: state.pausedUntil,
  pauseReason: state.pauseReason,
})
