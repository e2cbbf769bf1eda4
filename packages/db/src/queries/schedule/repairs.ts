import { priorities } from '../../priorities.ts'
import { row, run, type Sql, type Tx } from '../../sql.ts'
import { countedSql } from '../parcels/counts.ts'
import type { Rule } from './consistency.ts'

const { manual, urgent, retry, confirmation, suspect, culprit } = priorities

/** Of these parcels, the schedules that no one else writes to right now; those are left for another run. */
const schedules = (condition: string) => `
  with broken as (
    select s.tracking_id from tracking_schedule s join tracking_cache t on t.id = s.tracking_id
     where s.tracking_id >= $2 and s.tracking_id < $3 and ${condition}
     order by s.tracking_id for update of s skip locked)
  update tracking_schedule s`

/**
 * What makes a broken rule of `consistencyQueries` hold again; each takes the values of its rule and touches what breaks it, nothing else. The others
 * are for a person.
 */
const repairs: Partial<Record<Rule, string>> = {
  'an ended parcel is due for nothing but its confirmation, unless someone asks': `
    ${schedules(`$1::timestamptz is not null and t.ended_at is not null and s.next_update_due is not null and s.call_id is null
       and s.update_priority not in (${[manual, urgent, retry].join()}) and (t.status = 'lapsed' or s.update_priority not in (${[confirmation, suspect, culprit].join()}))`)}
       set next_update_due = null, due_because = 'repaired: the parcel has ended' from broken where broken.tracking_id = s.tracking_id`,
  'a living parcel always has a next check': `
    insert into tracking_schedule as s (tracking_id, organization_id, connection_id, next_update_due, update_priority, due_because)
    select t.id, t.organization_id, t.connection_id, $1, ${retry}, 'repaired: it had no next check'
      from tracking_cache t left join tracking_schedule own on own.tracking_id = t.id
     where t.id >= $2 and t.id < $3 and t.ended_at is null and own.next_update_due is null order by t.id
    on conflict (tracking_id) do update
       set next_update_due = excluded.next_update_due, update_priority = excluded.update_priority, due_because = excluded.due_because, call_id = null
     where s.next_update_due is null`,
  'a parcel in flight is in a call that is still open': `
    ${schedules('s.next_update_due > $1 and exists (select from api_calls a where a.id = s.call_id and a.closed_at is not null)')}
       set next_update_due = $1, call_id = null, due_because = 'repaired: its call had ended' from broken where broken.tracking_id = s.tracking_id`,
  'parcel and schedule belong to the same connection': `
    ${schedules('$1::timestamptz is not null and s.connection_id <> t.connection_id')}
       set connection_id = t.connection_id, organization_id = t.organization_id, call_id = null
      from broken join tracking_cache t on t.id = broken.tracking_id where broken.tracking_id = s.tracking_id`,
  // One statement sees one instant: what others change meanwhile brings its own counts.
  'the counts of parcels are those of the parcels': `
    insert into tracking_count_changes (organization_id, connection_id, status, attention, amount)
    select organization_id, connection_id, status, attention, -sum(amount) from (
      ${countedSql}
      union all
      select organization_id, connection_id, status, coalesce(attention_reason, ''), -1 from tracking_cache where archived_at is null) as both_ways
     where $1::timestamptz is not null and $2::bigint < $3::bigint
     group by organization_id, connection_id, status, attention having sum(amount) <> 0`,
}

/** Whether a program can make this rule hold again. */
export const isRepairable = (rule: Rule): boolean => rule in repairs || rule === counterRule

/** What `recountDay` makes hold again, connection by connection. */
export const counterRule: Rule = 'the day counter of a connection equals its logged calls'

/** Makes the rule hold again for the parcels with ids from `from` on and below `to`; returns how many rows it changed. */
export const repairRule = (
  sql: Sql,
  { rule, now, from, to }: { rule: Rule; now: Date; from: number; to: number },
): Promise<number> => {
  const text = repairs[rule]
  return text === undefined ? Promise.resolve(0) : run(sql, { text, values: [now, from, to] })
}

/** Sets the day counter of a connection to the calls that are logged for its day. Under the row's lock: calls open and close under it. */
export const recountDay = async (tx: Tx, connectionId: string): Promise<number> => {
  await row(tx, { text: 'select from connections where id = $1 for no key update', values: [connectionId] })
  return run(tx, {
    text: `update connections c set calls_used = logged.used, calls_manual = logged.manual
       from (select count(*)::int as used, (count(*) filter (where a.is_manual))::int as manual
               from api_calls a join connections own on own.id = a.connection_id and own.budget_day = a.budget_day where own.id = $1) as logged
      where c.id = $1 and (c.calls_used, c.calls_manual) is distinct from (logged.used, logged.manual)`,
    values: [connectionId],
  })
}
