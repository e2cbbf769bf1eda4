import { priorities } from '../../priorities.ts'
import { rows, run, type Tx } from '../../sql.ts'

/** What registering a number again depends on: how its life here stands, and which orders it holds. */
export type Life = { id: string; connectionId: string; status: string; endedAt: Date | null; orders: string[] }

/** The lives of these parcels, archived ones left out, by number; with `lock` they stay as they are until the end of the transaction. */
export const findLives = async (
  tx: Tx,
  { ids, lock }: { ids: readonly string[]; lock: boolean },
): Promise<Map<string, Life>> => {
  const found = await rows<Life & { trackingNumber: string }>(
    tx,
    `select t.tracking_number as "trackingNumber", t.id, t.connection_id as "connectionId", t.status, t.ended_at as "endedAt",
            array(select o.order_folded from tracking_orders o where o.tracking_id = t.id and o.order_folded is not null) as orders
       from tracking_cache t where t.id = any ($1) and t.archived_at is null order by t.id ${lock ? 'for update' : ''}`,
    [ids],
  )
  return new Map(found.map(({ trackingNumber, ...life }) => [trackingNumber, life]))
}

/** Takes archived parcels off the schedule. */
export const deleteSchedules = (tx: Tx, trackingIds: readonly string[]) =>
  run(tx, `delete from tracking_schedule where tracking_id = any ($1)`, [trackingIds])

/** Makes a parcel due at once that was given up and is asked about again; one in a call is left to it. */
export const scheduleAgain = (tx: Tx, { trackingId, now }: { trackingId: string; now: Date }) =>
  run(
    tx,
    `update tracking_schedule
        set next_update_due = $2, update_priority = ${priorities.urgent}, due_because = 'registered again', consecutive_failures = 0, batch_limit = null,
            strikes = 0, struck_at = null
      where tracking_id = $1 and (call_id is null or next_update_due <= $2)`,
    [trackingId, now],
  )
