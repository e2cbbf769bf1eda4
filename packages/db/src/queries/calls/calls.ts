import { row, run, runRow, type Sql, type Tx } from '../../sql.ts'

const nextCallSql = `select nextval(pg_get_serial_sequence('api_calls', 'id')) as id`

/** The id of the next call, before its row exists: claimed parcels carry it. */
export const nextCallId = async (tx: Tx): Promise<string> =>
  (await row<{ id: string }>(tx, { name: 'next-call', text: nextCallSql }))!.id

/** What a call asks for: parcels, a page of an account's list, or the details of one booking. */
export type AskedFor = 'check' | 'list' | 'details'

export type OpenedCall = {
  id: string
  kind?: AskedFor
  organizationId: string
  connectionId: string
  budgetDay: string
  isManual: boolean
  slot: number
  openedAt: Date
  leaseUntil: Date
  batchSize: number
  /** The parcels that it asks about. */
  trackingIds: readonly string[]
}

const openCallSql = `
  with call as (
  insert into api_calls (id, connection_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, organization_id, kind)
  overriding system value
  values (:id, :connectionId, :budgetDay, :isManual, :slot, :openedAt, :leaseUntil, :batchSize, :organizationId, :kind))
  insert into call_parcels (call_id, organization_id, opened_at, tracking_ids) values (:id, :organizationId, :openedAt, :trackingIds)`

/** Logs a call before it goes out, so that a crash cannot hide it. */
export const insertOpenCall = (tx: Tx, call: OpenedCall) =>
  runRow(tx, { name: 'open-call', text: openCallSql, row: { kind: 'check', ...call } })

export type CallEnd = {
  id: string
  closedAt: Date
  outcome: string
  found: number | null
  changed: number | null
  durationMs: number | null
  httpStatus: number | null
  requestId: string | null
  error: string | null
  /** How many parcels of each courier it asked about; '' stands for no courier. */
  couriers?: Record<string, number> | undefined
}

const closeCallSql = `
  update api_calls set closed_at = :closedAt, outcome = :outcome, found = :found, changed = :changed, duration_ms = :durationMs,
                       http_status = :httpStatus, request_id = :requestId, error = :error, couriers = :couriers
   where id = :id and (closed_at is null or outcome = 'cut_off')`

/** Closes a call; one that was given up as cut off and answers late tells the truth after all. */
export const closeCall = async (tx: Tx, { couriers, ...end }: CallEnd): Promise<boolean> => {
  const row = { ...end, couriers: couriers === undefined ? null : JSON.stringify(couriers) }
  return (await runRow(tx, { name: 'close-call', text: closeCallSql, row })) === 1
}

/**
 * Puts the calls of this day and later ones, and those of the day before that were made after `dayStart`, on the day that they lie on by `now`, when
 * the day of their connection begins at `dayStart`, and counts those of the day. A call of the future was made by a process whose clock was wrong: it counts as one of now.
 */
export const recountCalls = async (
  tx: Tx,
  args: { connectionId: string; now: Date; day: string; dayStart: Date },
): Promise<{ used: number; manual: number }> =>
  (await row<{ used: number; manual: number }>(tx, {
    text: `with moved as (
       update api_calls
          set opened_at = least(opened_at, $2::timestamptz), closed_at = least(closed_at, $2), lease_until = least(lease_until, $2::timestamptz + (lease_until - opened_at)),
              budget_day = case when opened_at >= $4 then $3::date else $3::date - 1 end
        where connection_id = $1 and (budget_day >= $3::date or (budget_day = $3::date - 1 and opened_at >= $4))
       returning budget_day, is_manual)
     select count(*)::int as used, (count(*) filter (where is_manual))::int as manual from moved where budget_day = $3::date`,
    values: [args.connectionId, args.now, args.day, args.dayStart],
  }))!

/** The calls of a day that the sync paid from its own share. */
export const countSyncCalls = async (
  tx: Tx,
  args: { connectionId: string; day: string },
): Promise<{ list: number; details: number }> =>
  (await row<{ list: number; details: number }>(tx, {
    text: `select (count(*) filter (where kind = 'list'))::int as list, (count(*) filter (where kind = 'details'))::int as details
             from api_calls where connection_id = $1 and budget_day = $2 and not is_manual`,
    values: [args.connectionId, args.day],
  }))!

/** Closes calls whose process died: still open after their lease. Their slots have freed themselves. */
export const closeAbandonedCalls = (sql: Sql, now: Date) =>
  run(sql, {
    text: `update api_calls set closed_at = $1, outcome = 'cut_off', error = 'the process that made this call ended before its answer was recorded'
      where id in (select id from api_calls where closed_at is null and lease_until < $1 order by id limit 1000 for update skip locked)`,
    values: [now],
  })
