import { run, type Sql } from '../sql.ts'

type Healing = { now: Date; limit: number }

/**
 * Makes parcels due that only a wrong clock can have put off beyond `plausibleUntil`, and forgets that it checked them in the future. What somebody
 * else writes to is left for the next time.
 */
export const healPutOff = (sql: Sql, { now, plausibleUntil, limit }: Healing & { plausibleUntil: Date }) =>
  run(
    sql,
    `with put_off as (
       select far.tracking_id from connections c
        cross join unnest('{50,70,75,100,110}'::smallint[]) as class (priority)
        cross join lateral (
          select tracking_id from tracking_schedule s
           where s.connection_id = c.id and s.update_priority = class.priority and s.next_update_due > $2
           order by s.next_update_due desc limit $3 for update skip locked) far
        limit $3)
     update tracking_schedule s
        set next_update_due = $1, call_id = null, checked_at = case when s.checked_at <= $1 then s.checked_at end,
            due_because = 'put off by a wrong clock'
       from put_off where s.tracking_id = put_off.tracking_id`,
    [now, plausibleUntil, limit],
  )

/** Makes parcels due that ended in the future, by a wrong clock: their next check tells whether they live. */
export const healEndedAhead = (sql: Sql, { now, limit }: Healing) =>
  run(
    sql,
    `with ended as (
       select t.id from tracking_cache t join tracking_schedule s on s.tracking_id = t.id
        where t.ended_at > $1::timestamptz + interval '1 minute' and t.archived_at is null
          and (s.next_update_due is null or s.next_update_due > $1)
        order by t.ended_at limit $2 for update of s skip locked)
     update tracking_schedule s
        set next_update_due = $1, update_priority = 75, call_id = null, checked_at = case when s.checked_at <= $1 then s.checked_at end,
            due_because = 'ended by a wrong clock'
       from ended where s.tracking_id = ended.id`,
    [now, limit],
  )
