import type { GateRow } from '@jejak/db'
import type { ConnectionState } from './gate.ts'

/** The connection's row as the pure gate sees it. */
export const toConnectionState = (row: GateRow): ConnectionState => ({
  ...row,
  breaker: { failures: row.breakerFailures, openUntil: row.breakerOpenUntil, probeUntil: row.breakerProbeUntil },
  suspects: { failures: row.suspectFailures, openUntil: row.suspectOpenUntil, probeUntil: row.suspectProbeUntil },
  learntSize: { answered: row.batchAnswered, refused: row.batchRefused },
})

/** The same way back, for the statement that writes it. */
export const toGateRow = ({ breaker, suspects, learntSize, ...state }: ConnectionState): GateRow => ({
  ...state,
  breakerFailures: breaker.failures,
  breakerOpenUntil: breaker.openUntil,
  breakerProbeUntil: breaker.probeUntil,
  suspectFailures: suspects.failures,
  suspectOpenUntil: suspects.openUntil,
  suspectProbeUntil: suspects.probeUntil,
  batchAnswered: learntSize.answered,
  batchRefused: learntSize.refused,
})
