import { priorities } from '../../priorities.ts'
import { row, run, type Sql } from '../../sql.ts'

const idsAtOnce = 50_000
const isSpoilt = `(checked_at > $1::timestamptz + interval '1 minute' or next_update_due > $2)`

/** How many parcels `healSchedules` would make due. */
export const countSpoiltSchedules = async (
  sql: Sql,
  { now, plausibleUntil }: { now: Date; plausibleUntil: Date },
): Promise<number> =>
  (await row<{ amount: number }>(sql, {
    text: `select count(*)::int as amount from tracking_schedule where ${isSpoilt}`,
    values: [now, plausibleUntil],
  }))!.amount

/**
 * Makes parcels due that a wrong clock checked in the future, and those that it put off beyond `plausibleUntil`: their next check tells what is
 * true of them, also whether they live. Goes by id, so that no statement is long; what someone else writes to is left for the next time.
 */
export const healSchedules = async (
  sql: Sql,
  { now, plausibleUntil, signal }: { now: Date; plausibleUntil: Date; signal: AbortSignal },
): Promise<number> => {
  const found = await row<{ last: string | null }>(sql, 'select max(tracking_id) as last from tracking_schedule')
  const last = Number(found?.last ?? 0)
  let healed = 0
  for (let from = 0; from <= last && !signal.aborted; from += idsAtOnce)
    healed += await run(sql, {
      text: `with spoilt as (
         select tracking_id from tracking_schedule
          where tracking_id >= $3 and tracking_id < $4 and ${isSpoilt}
          order by tracking_id for update skip locked)
       update tracking_schedule s
          set next_update_due = $1, update_priority = case when next_update_due is null then ${priorities.retry} else update_priority end, call_id = null,
              strikes = case when next_update_due is null then 0 else strikes end,
              struck_at = case when next_update_due is null then null else struck_at end,
              batch_limit = case when next_update_due is null then null else batch_limit end,
              checked_at = case when checked_at <= $1 then checked_at end, due_because = 'written by a wrong clock'
         from spoilt where s.tracking_id = spoilt.tracking_id`,
      values: [now, plausibleUntil, from, from + idsAtOnce],
    })
  return healed
}
