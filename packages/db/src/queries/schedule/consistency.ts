import { priorities } from '../../priorities.ts'
import { row, rows, type Sql } from '../../sql.ts'
import { countedSql } from '../parcels/counts.ts'

const { manual, urgent, retry, confirmation, suspect, culprit } = priorities

/**
 * Rules that no single table can state. Each query returns the rows that break its rule, so an empty answer is a healthy database.
 * `$1` is now; a rule about parcels reads those with ids from `$2` on and below `$3`, so that no statement walks over all.
 */
export const consistencyQueries = {
  'the day counter of a connection equals its logged calls': `
    select c.id, c.calls_used as counted, (select count(*)::int from api_calls a where a.connection_id = c.id and a.budget_day = c.budget_day) as logged
      from connections c
     where $1::timestamptz is not null and $2::bigint < $3::bigint and c.budget_day is not null
       and c.calls_used <> (select count(*) from api_calls a where a.connection_id = c.id and a.budget_day = c.budget_day)`,
  'an ended parcel is due for nothing but its confirmation, unless someone asks': `
    select t.id, t.status, s.update_priority from tracking_cache t join tracking_schedule s on s.tracking_id = t.id
     where $1::timestamptz is not null and t.id >= $2 and t.id < $3 and t.ended_at is not null and s.next_update_due is not null and s.call_id is null
       and s.update_priority not in (${[manual, urgent, retry].join()}) and (t.status = 'lapsed' or s.update_priority not in (${[confirmation, suspect, culprit].join()}))`,
  'a living parcel always has a next check': `
    select t.id, t.status from tracking_cache t left join tracking_schedule s on s.tracking_id = t.id
     where $1::timestamptz is not null and t.id >= $2 and t.id < $3 and t.ended_at is null and (s.tracking_id is null or s.next_update_due is null)`,
  'a parcel in flight is in a call that is still open': `
    select s.tracking_id, s.call_id from tracking_schedule s join api_calls a on a.id = s.call_id
     where s.tracking_id >= $2 and s.tracking_id < $3 and s.next_update_due > $1 and a.closed_at is not null`,
  'parcel and schedule belong to the same connection': `
    select t.id from tracking_cache t join tracking_schedule s on s.tracking_id = t.id
     where $1::timestamptz is not null and t.id >= $2 and t.id < $3 and s.connection_id <> t.connection_id`,
  'the counts of parcels are those of the parcels': `
    select connection_id as connection, status, attention, sum(amount) as "countedTooMany" from (
      ${countedSql}
      union all
      select organization_id, connection_id, status, coalesce(attention_reason, ''), -1 from tracking_cache where archived_at is null) as both_ways
     where $1::timestamptz is not null and $2::bigint < $3::bigint group by connection_id, status, attention having sum(amount) <> 0`,
  'no job of the queue keeps failing': `
    select queue, connection_id as connection, times, first_at as since, last_at as last, message from job_failures
     where $1::timestamptz is not null and $2::bigint < $3::bigint and ended_at is null`,
} as const

export type Rule = keyof typeof consistencyQueries

export type BrokenRule = { rule: string; examples: object[] }

const aboutNoParcel: readonly string[] = [
  'the day counter of a connection equals its logged calls',
  'the counts of parcels are those of the parcels',
  'no job of the queue keeps failing',
]
const idsAtOnce = 50_000
const examplesMax = 10
const countedMax = 1000

/** The highest id of a parcel; 0 when there is none. */
export const lastParcelId = async (sql: Sql): Promise<number> =>
  Number((await row<{ last: string | null }>(sql, 'select max(id) as last from tracking_cache'))?.last ?? 0)

/**
 * Runs every consistency query, slice by slice, and returns what it found of each: how many rows break it, up to 1,000, and up to ten of them. Ends
 * early when `signal` fires: `checkedTo` is the id of the first parcel that was not looked at, null when all were.
 */
export const checkRules = async (
  sql: Sql,
  { now, signal, from = 0 }: { now: Date; signal?: AbortSignal; from?: number },
): Promise<{ found: (BrokenRule & { failing: number })[]; checkedTo: number | null }> => {
  const found = new Map(Object.keys(consistencyQueries).map((rule) => [rule, { failing: 0, examples: [] as object[] }]))
  const last = await lastParcelId(sql)
  let checkedTo: number | null = from
  do {
    for (const [rule, query] of Object.entries(consistencyQueries)) {
      const { failing, examples } = found.get(rule)!
      if (failing >= countedMax || (aboutNoParcel.includes(rule) && checkedTo !== from)) continue
      const more = await rows<object>(sql, {
        text: `${query} limit ${countedMax - failing}`,
        values: [now, checkedTo, checkedTo + idsAtOnce],
      })
      found.set(rule, { failing: failing + more.length, examples: [...examples, ...more].slice(0, examplesMax) })
    }
    checkedTo = checkedTo + idsAtOnce > last ? null : checkedTo + idsAtOnce
  } while (checkedTo !== null && !signal?.aborted)
  return { found: [...found].map(([rule, one]) => ({ rule, ...one })), checkedTo }
}

/** The rules that do not hold, after a look at everything. */
export const findBrokenRules = async (sql: Sql, now: Date): Promise<BrokenRule[]> =>
  (await checkRules(sql, { now })).found.flatMap(({ rule, failing, examples }) =>
    failing > 0 ? [{ rule, examples }] : [],
  )
