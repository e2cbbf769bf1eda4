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
  pausedUntil: state.pausedUntil,
  pauseReason: state.pauseReason,
})
