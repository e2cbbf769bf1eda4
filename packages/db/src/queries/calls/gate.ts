import { row, run, type Sql, type Tx } from '../../sql.ts'

/** The gate's part of a connection row, with what is waiting for it. `slots` holds one lease end per slot. */
export type GateRow = {
  id: string
  organizationId: string
  isAuthorised: boolean
  budgetDay: string | null
  callsUsed: number
  callsManual: number
  nextCallAt: Date | null
  slots: (Date | null)[]
  breakerFailures: number
  breakerOpenUntil: Date | null
  breakerProbeUntil: Date | null
  nextSuspectAt: Date | null
  suspectFailures: number
  suspectOpenUntil: Date | null
  suspectProbeUntil: Date | null
  batchAnswered: number
  batchRefused: number | null
  lastGoodCallAt: Date | null
  pausedUntil: Date | null
  pauseReason: string | null
  lastFailure: string | null
  lastFailureAt: Date | null
}

/** Whether there is anything to call EasyParcel with, as a column of a connection's row. */
export const isAuthorised = (connections: string): string =>
  `(${connections}.api = 'classic' or ${connections}.sealed_access_token is not null or ${connections}.sealed_refresh_token is not null)`

/** What a connection's row says about why nobody is asked. */
export type StandingRow = Pick<
  GateRow,
  'isAuthorised' | 'budgetDay' | 'callsUsed' | 'callsManual' | 'nextCallAt' | 'breakerOpenUntil' | 'pauseReason'
>

/** The columns of a `StandingRow`, of connection `c`. */
export const standingColumns = `
  ${isAuthorised('c')} as "isAuthorised", c.budget_day as "budgetDay", c.calls_used as "callsUsed", c.calls_manual as "callsManual",
  c.next_call_at as "nextCallAt", c.breaker_open_until as "breakerOpenUntil", c.pause_reason as "pauseReason"`

const gateColumns = `
  id, organization_id as "organizationId", ${isAuthorised('connections')} as "isAuthorised",
  budget_day as "budgetDay", calls_used as "callsUsed", calls_manual as "callsManual", next_call_at as "nextCallAt", slots,
  breaker_failures as "breakerFailures", breaker_open_until as "breakerOpenUntil", breaker_probe_until as "breakerProbeUntil",
  next_suspect_at as "nextSuspectAt", suspect_failures as "suspectFailures", suspect_open_until as "suspectOpenUntil", suspect_probe_until as "suspectProbeUntil",
  batch_answered as "batchAnswered", batch_refused as "batchRefused", last_good_call_at as "lastGoodCallAt",
  paused_until as "pausedUntil", pause_reason as "pauseReason", last_failure as "lastFailure", last_failure_at as "lastFailureAt"`

const lockGateSql = `select ${gateColumns} from connections where id = $1 for no key update`

/**
 * Locks the connection row, so that openers and closers of calls decide one after the other; registrations, which refer to the row, neither
 * wait nor are waited for. Undefined when there is no such connection.
 */
export const lockGate = (tx: Tx, connectionId: string) =>
  row<GateRow>(tx, { name: 'lock-gate', text: lockGateSql }, [connectionId])

/** Reads the gate without locking it, for people and freshness. */
export const findGate = (sql: Sql, connectionId: string) =>
  row<GateRow>(sql, `select ${gateColumns} from connections where id = $1`, [connectionId])

const saveGateSql = `
  update connections
     set budget_day = $2, calls_used = $3, calls_manual = $4, next_call_at = $5, slots = $6,
         breaker_failures = $7, breaker_open_until = $8, breaker_probe_until = $9, paused_until = $10, pause_reason = $11,
         last_good_call_at = $12, last_failure = coalesce($13, last_failure), last_failure_at = coalesce($14, last_failure_at),
         next_suspect_at = $15, suspect_failures = $16, suspect_open_until = $17, suspect_probe_until = $18, batch_answered = $19,
         batch_refused = $20
   where id = $1`

/** Writes back what the gate decided. The last failure only moves when given. */
export const saveGate = (
  tx: Tx,
  gate: Omit<GateRow, 'organizationId' | 'isAuthorised' | 'lastFailure' | 'lastFailureAt'>,
  failure?: { at: Date; message: string },
) =>
  run(tx, { name: 'save-gate', text: saveGateSql }, [
    gate.id,
    gate.budgetDay,
    gate.callsUsed,
    gate.callsManual,
    gate.nextCallAt,
    gate.slots,
    gate.breakerFailures,
    gate.breakerOpenUntil,
    gate.breakerProbeUntil,
    gate.pausedUntil,
    gate.pauseReason,
    gate.lastGoodCallAt,
    failure?.message ?? null,
    failure?.at ?? null,
    gate.nextSuspectAt,
    gate.suspectFailures,
    gate.suspectOpenUntil,
    gate.suspectProbeUntil,
    gate.batchAnswered,
    gate.batchRefused,
  ])

/** Stops all calls of a connection until `until`, for a reason that no call can change. */
export const pauseConnection = (
  sql: Sql,
  args: { connectionId: string; until: Date; reason: string; failure: string; now: Date },
) =>
  run(
    sql,
    `update connections set paused_until = $2, pause_reason = $3, last_failure = $4, last_failure_at = $5 where id = $1`,
    [args.connectionId, args.until, args.reason, args.failure, args.now],
  )
