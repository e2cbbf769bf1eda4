import { columnOf, columnsOf, type RowOf } from '../../columns.ts'
import { row, run, runRow, type Sql, type Tx } from '../../sql.ts'

const gateTypes = {
  budgetDay: 'date?',
  callsUsed: 'int',
  callsManual: 'int',
  nextCallAt: 'timestamptz?',
  breakerFailures: 'int',
  breakerOpenUntil: 'timestamptz?',
  breakerProbeUntil: 'timestamptz?',
  nextSuspectAt: 'timestamptz?',
  suspectFailures: 'int',
  suspectOpenUntil: 'timestamptz?',
  suspectProbeUntil: 'timestamptz?',
  batchAnswered: 'int',
  batchRefused: 'int?',
  lastGoodCallAt: 'timestamptz?',
  pausedUntil: 'timestamptz?',
  pauseReason: 'text?',
  lastFailure: 'text?',
  lastFailureAt: 'timestamptz?',
} as const

/** What people say, and the gate only reads: a pause of theirs (`held…`), and calls that they added to the budget of a day. */
const saidTypes = {
  heldSince: 'timestamptz?',
  heldUntil: 'timestamptz?',
  extraDay: 'date?',
  extraCalls: 'int',
} as const

/** The gate's part of a connection row. `slots` holds one lease end per slot. */
export type GateRow = RowOf<typeof gateTypes & typeof saidTypes> & {
  id: string
  organizationId: string
  isAuthorised: boolean
  slots: (Date | null)[]
}

const standing = [
  ...(['budgetDay', 'callsUsed', 'callsManual', 'nextCallAt', 'breakerOpenUntil', 'pauseReason'] as const),
  ...(['heldSince', 'heldUntil', 'extraDay', 'extraCalls'] as const satisfies readonly (keyof typeof saidTypes)[]),
] as const

/** What a connection's row says about why no one is asked. */
export type StandingRow = Pick<GateRow, 'isAuthorised' | (typeof standing)[number]>

/** The columns of a `StandingRow`, of connection `c`. */
export const standingColumns = columnsOf('c', ['isAuthorised', ...standing])

const decided = ['slots', ...Object.keys(gateTypes)]

/** The columns of a `GateRow`, of a connection. */
export const gateColumns = columnsOf('connections', [
  ...['isAuthorised', 'id', 'organizationId', ...decided],
  ...Object.keys(saidTypes),
])

const lockGateSql = `select ${gateColumns} from connections where id = $1 for no key update`

/**
 * Locks the connection row, so that openers and closers of calls decide one after the other; registrations, which refer to the row, neither
 * wait nor are waited for. Undefined when there is no such connection.
 */
export const lockGate = (tx: Tx, connectionId: string) =>
  row<GateRow>(tx, { name: 'lock-gate', text: lockGateSql, values: [connectionId] })

/** Reads the gate without locking it, for people and freshness. */
export const findGate = (sql: Sql, connectionId: string) =>
  row<GateRow>(sql, { text: `select ${gateColumns} from connections where id = $1`, values: [connectionId] })

const saveGateSql = `
  update connections set ${decided.map((name) => `${columnOf(name)} = :${name}`).join(', ')} where id = :id`

/** Writes back what the gate decided, under the row's lock. */
export const saveGate = (tx: Tx, gate: GateRow) => runRow(tx, { name: 'save-gate', text: saveGateSql, row: gate })

/** Stops all calls of a connection until `until`, for a reason that no call can change. */
export const pauseConnection = (
  sql: Sql,
  args: { connectionId: string; until: Date; reason: string; failure: string; now: Date },
) =>
  run(sql, {
    text: `update connections set paused_until = $2, pause_reason = $3, last_failure = $4, last_failure_at = $5 where id = $1`,
    values: [args.connectionId, args.until, args.reason, args.failure, args.now],
  })
