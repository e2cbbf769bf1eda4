import { rows, run, type ShopSql, type Sql } from '../../sql.ts'
import type { ReportedDays } from '../connections/overview.ts'

export type Usage = {
  calls: number
  checks: number
  manual: number
  failed: number
  found: number
  changed: number
  reads: number
}

const summed = `count(*)::int as calls, coalesce(sum(batch_size) filter (where closed_at is not null), 0)::int as checks,
  (count(*) filter (where is_manual))::int as manual, (count(*) filter (where outcome <> 'ok'))::int as failed,
  coalesce(sum(found) filter (where kind = 'check'), 0)::int as found, coalesce(sum(changed) filter (where kind = 'check'), 0)::int as changed`
const figures = ['calls', 'checks', 'manual', 'failed', 'found', 'changed', 'reads'] as const
const both = figures.map((name) => `coalesce(sum(${name}), 0)::int as ${name}`).join(', ')
const noCalls = '0 as calls, 0 as checks, 0 as manual, 0 as failed, 0 as found, 0 as changed'

/** A shop's calls and reads by hour; hours in which nothing happened are left out. */
export const listUsageByHour = (shop: ShopSql, { from, to }: { from: Date; to: Date }) =>
  rows<Usage & { hour: Date }>(shop, {
    text: `
      select hour, ${both} from (
        select date_trunc('hour', opened_at) as hour, ${summed}, 0 as reads from api_calls
         where organization_id = $1 and opened_at >= $2 and opened_at < $3 group by 1
        union all
        select hour, ${noCalls}, sum(reads)::int from read_hours
         where organization_id = $1 and hour >= $2 and hour < $3 and state not in ('missing', 'refused') group by hour) as happened
       group by hour order by hour`,
    values: [shop.organizationId, from, to],
  })

/** The same by day: of those before `recent` from their reports, of the others from the log of calls. */
export const listUsageByDay = (
  shop: ShopSql,
  { from, to, recent, timezone }: { from: string; to: string; recent: string; timezone: string },
) =>
  rows<Usage & { day: string }>(shop, {
    text: `
      select day, ${both} from (
        select day, calls, numbers_asked as checks, calls_manual as manual, calls_failed as failed, numbers_found as found, trackings_changed as changed,
               0 as reads
          from daily_reports where organization_id = $1 and day between $2::date and $3::date and day < $4::date
        union all
        select budget_day, ${summed}, 0 from api_calls
         where organization_id = $1 and opened_at >= ($4::date - 1)::timestamp at time zone $5 and budget_day between greatest($2::date, $4::date) and $3::date
         group by budget_day
        union all
        select (hour at time zone $5)::date, ${noCalls}, sum(reads)::int from read_hours
         where organization_id = $1 and hour >= $2::date::timestamp at time zone $5 and hour < ($3::date + 1)::timestamp at time zone $5
           and state not in ('missing', 'refused') group by 1) as happened
       group by day order by day`,
    values: [shop.organizationId, from, to, recent, timezone],
  })

/** So many calls of days that no night has counted yet are read, the newest. */
const courierCallsMax = 10_000

type ByCourier = { courier: string | null; calls: number; checks: number; isCut: boolean }

/** The same by courier, the one with most checks first: from what the nights wrote, and of `recent` days that none has counted from the calls themselves. */
export const listUsageByCourier = (
  shop: ShopSql,
  { from, to, recent, timezone }: { from: string; to: string; recent: string; timezone: string },
) =>
  rows<ByCourier>(shop, {
    text: `
      with uncounted as materialized (
        select a.batch_size, a.couriers from api_calls a
         where a.organization_id = $1 and a.opened_at >= ($4::date - 1)::timestamp at time zone $5 and a.couriers is not null
           and a.budget_day between greatest($2::date, $4::date) and $3::date
           and not exists (select from courier_days known where known.organization_id = $1 and known.day = a.budget_day)
         order by a.opened_at desc, a.id desc limit $6)
      select nullif(courier, '') as courier, round(sum(calls)::numeric, 2)::float8 as calls, sum(checks)::int as checks,
             (select count(*) from uncounted) = $6 as "isCut"
        from (
          select courier, calls, checks from courier_days where organization_id = $1 and day between $2::date and $3::date
          union all
          select asked.courier, sum(asked.amount::numeric / u.batch_size), sum(asked.amount::int)
            from uncounted u cross join lateral jsonb_each_text(u.couriers) as asked (courier, amount)
           group by 1) as happened
       group by 1 order by checks desc, courier limit 200`,
    values: [shop.organizationId, from, to, recent, timezone, courierCallsMax],
  })

/** Writes, or writes again, what the calls of `day` asked about, by courier; and of `missed` days that no one wrote. */
export const saveCourierDays = (sql: Sql, { day, missed, only, allBut = [] }: ReportedDays) =>
  run(sql, {
    text: `
      insert into courier_days (organization_id, day, courier, calls, checks, parcels)
      select a.organization_id, a.budget_day, coalesce(t.courier, ''), sum(1.0 / a.batch_size), count(*), count(distinct asked.id)
        from connections c join api_calls a on a.connection_id = c.id and a.budget_day = any ($2::date[] || $1::date) and a.closed_at is not null
        join call_parcels p on p.call_id = a.id cross join lateral unnest(p.tracking_ids) as asked (id)
        left join tracking_cache t on t.id = asked.id
       where ($3::bigint[] is null or c.organization_id = any ($3)) and c.organization_id <> all ($4::bigint[]) and (a.budget_day = $1::date
              or not exists (select from courier_days known where known.organization_id = a.organization_id and known.day = a.budget_day))
       group by 1, 2, 3
      on conflict (organization_id, day, courier) do update set calls = excluded.calls, checks = excluded.checks, parcels = excluded.parcels`,
    values: [day, missed, only ?? null, allBut],
  })
