import { columnOf, type RowOf } from '../../columns.ts'
import { row, run, type Tx } from '../../sql.ts'

const types = {
  trackingId: 'bigint',
  checkedAt: 'timestamptz?',
  checkedBy: 'update_kind?',
  nextUpdateDue: 'timestamptz?',
  updatePriority: 'smallint',
  consecutiveFailures: 'smallint',
  lastFailure: 'text?',
  dueBecause: 'text',
  batchLimit: 'smallint?',
  strikes: 'smallint',
  struckAt: 'timestamptz?',
  toldAgainAt: 'timestamptz?',
} as const

export type ScheduleChange = RowOf<typeof types>

const names = Object.keys(types) as (keyof typeof types)[]
const columns = names.map(columnOf)
const arrays = names.map((name, place) => `$${place + 2}::${types[name].replace('?', '')}[]`)
// Arrays, whose length the planner sees: of JSON it expects more rows, and reads the whole table (119 ms instead of 2).
const saveSchedulesSql = `
  update tracking_schedule s set call_id = null, checks = s.checks + ($1::bigint is not null)::int, ${columns
    .slice(1)
    .map((name) => `${name} = c.${name}`)
    .join(', ')}
    from unnest(${arrays.join(', ')}) as c (${columns.join(', ')})
   where s.tracking_id = c.tracking_id and s.tracking_id = any ($2::bigint[]) and s.call_id is not distinct from $1`

/**
 * Writes the next due time of every tracking that still carries the mark of this call, takes the mark off and counts the check; with null, of
 * those in no call. Rows whose lease ran out and that another call took over are left to it.
 */
export const saveSchedules = (
  tx: Tx,
  { callId, changes }: { callId: string | null; changes: readonly ScheduleChange[] },
) =>
  changes.length === 0
    ? Promise.resolve(0)
    : run(tx, {
        name: 'save-schedules',
        text: saveSchedulesSql,
        values: [callId, ...names.map((name) => changes.map((change) => change[name]))],
      })

/** Whether the connection has another parcel that is still asked about. */
export const hasOtherDue = async (tx: Tx, args: { connectionId: string; trackingId: string }): Promise<boolean> =>
  (await row<{ found: boolean }>(tx, {
    text: `select exists (select from tracking_schedule where connection_id = $1 and tracking_id <> $2 and next_update_due is not null) as found`,
    values: [args.connectionId, args.trackingId],
  }))!.found
