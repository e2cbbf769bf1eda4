import { priorities } from '../../priorities.ts'
import { row, type Sql } from '../../sql.ts'
import { countedSql } from '../parcels/counts.ts'
import { forOneOrAll, type OfShop } from './overview.ts'

/** How EasyParcel answered the calls of a time. */
export type Answers = { calls: number; failed: number; p50Ms: number | null; p95Ms: number | null }

/** What changes by the hour: attention by reason, how fresh parcels are and what readers saw of that, how EasyParcel answers. */
export type Pulse = {
  attention: Record<string, number>
  freshness: { at: Date; fresh: number; stale: number; expired: number } | null
  oldestDueAt: Date | null
  reads: Record<string, number>
  hour: Answers
  day: Answers
}

type PulseRow = Pick<Pulse, 'attention' | 'oldestDueAt' | 'reads'> & {
  freshAt: Date | null
  fresh: number
  stale: number
  expired: number
} & { [Field in keyof Answers as `${Field}OfHour` | `${Field}OfDay`]: Answers[Field] }

const answersSql = (name: string, since: string) => `
  (count(*) filter (where ${since}))::int as "callsOf${name}", (count(*) filter (where outcome <> 'ok' and ${since}))::int as "failedOf${name}",
  (percentile_cont(0.5) within group (order by duration_ms) filter (where ${since}))::int as "p50MsOf${name}",
  (percentile_cont(0.95) within group (order by duration_ms) filter (where ${since}))::int as "p95MsOf${name}"`

const pulseFor = forOneOrAll('pulse', {
  parameter: '$1',
  text: (which) => `
  select (select coalesce(jsonb_object_agg(attention, amount), '{}')
            from (select attention, sum(amount)::int as amount from (${countedSql}) as counted where attention <> '' and ${which()}
                   group by attention having sum(amount) > 0) as by_reason) as attention,
         (select min(first.due)
            from connections c cross join unnest($4::smallint[]) as class (priority) cross join lateral (
              select s.next_update_due as due from tracking_schedule s
               where s.connection_id = c.id and s.update_priority = class.priority and s.next_update_due <= $2
               order by s.next_update_due limit 1) as first
           where ${which('c.')}) as "oldestDueAt",
         (select coalesce(jsonb_object_agg(state, reads), '{}')
            from (select state, sum(reads)::bigint as reads from read_hours where hour >= $3 and ${which()} group by state) as by_state) as reads,
         fresh.*, answers.*
    from (select min(at) as "freshAt", coalesce(sum(fresh), 0)::int as fresh, coalesce(sum(stale), 0)::int as stale, coalesce(sum(expired), 0)::int as expired
            from freshness_counts where ${which()}) as fresh,
         (select ${answersSql('Hour', `opened_at > $2::timestamptz - interval '1 hour'`)}, ${answersSql('Day', 'true')}
            from connections c join api_calls a on a.connection_id = c.id
             and a.budget_day >= ($2::timestamptz - interval '2 days')::date and a.opened_at > $2::timestamptz - interval '1 day' and a.closed_at is not null
           where ${which('c.')}) as answers`,
})

/** The pulse of a shop, or of the whole installation; reads count from `dayStart`. */
export const findPulse = async (
  sql: Sql,
  { shop, now, dayStart }: OfShop & { now: Date; dayStart: Date },
): Promise<Pulse> => {
  const found = (await row<PulseRow>(sql, {
    ...pulseFor({ shop }),
    values: [shop, now, dayStart, Object.values(priorities)],
  }))!
  const { attention, oldestDueAt, reads, freshAt, fresh, stale, expired } = found
  return {
    ...{ attention, oldestDueAt, reads },
    freshness: freshAt && { at: freshAt, fresh, stale, expired },
    hour: { calls: found.callsOfHour, failed: found.failedOfHour, p50Ms: found.p50MsOfHour, p95Ms: found.p95MsOfHour },
    day: { calls: found.callsOfDay, failed: found.failedOfDay, p50Ms: found.p50MsOfDay, p95Ms: found.p95MsOfDay },
  }
}
