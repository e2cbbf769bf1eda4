import type { Db } from '@jejak/db'

/** What a run looks like at one moment. */
export type Figures = {
  known: number
  ended: number
  inFlight: number
  /** Parcels that are still to be asked about, for the last time or at all, since `since`. */
  unsettled: number
  calls: number
  callsFailed: number
  callsCutOff: number
  callsOpen: number
}

const unsettled = `tracking_cache t join tracking_schedule s on s.tracking_id = t.id
  where case when t.ended_at is null then s.checked_at is null or s.checked_at <= $1 else s.next_update_due is not null end`

/** `since` is when the calm began: a living parcel is settled once it was checked after it, an ended one when it is due no more. */
export const readFigures = async ({ sql }: Pick<Db, 'sql'>, since: Date): Promise<Figures> => {
  const { rows } = await sql.query<Figures>(
    `select (select count(*)::int from tracking_cache where confirmed_at is not null) as known,
            (select count(*)::int from tracking_cache where ended_at is not null) as ended,
            (select count(*)::int from tracking_schedule where call_id is not null) as "inFlight",
            (select count(*)::int from ${unsettled}) as unsettled,
            (select count(*)::int from api_calls) as calls,
            (select count(*)::int from api_calls where outcome <> 'ok') as "callsFailed",
            (select count(*)::int from api_calls where outcome = 'cut_off') as "callsCutOff",
            (select count(*)::int from api_calls where closed_at is null) as "callsOpen"`,
    [since],
  )
  return rows[0]!
}

/** Parcels that wait for their last check in vain, in words. */
export const listUnsettled = async ({ sql }: Pick<Db, 'sql'>, since: Date): Promise<string[]> => {
  const { rows } = await sql.query<{ shown: string }>(
    `select concat_ws(' · ', tracking_number, status, 'class ' || update_priority, 'due ' || next_update_due, 'checked ' || checked_at,
                      'call ' || call_id, 'batch limit ' || batch_limit, due_because) as shown
       from ${unsettled} order by next_update_due`,
    [since],
  )
  return rows.map(({ shown }) => shown)
}
