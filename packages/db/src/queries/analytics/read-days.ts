import { rows, run, type ShopSql } from '../../sql.ts'

const isFound = `state not in ('missing', 'refused')`
const hours = Array.from(
  { length: 24 },
  (_, hour) => `coalesce(sum(reads) filter (where hour = ${hour} and ${isFound}), 0)`,
)

/** Writes, or writes again, how a shop's parcels were looked at on the local days `from` to `to`, from the counters of hours. */
export const saveReadDays = (shop: ShopSql, { from, to, timezone }: { from: string; to: string; timezone: string }) =>
  run(shop, {
    text: `
      insert into read_days (organization_id, day, way, language, hours, missing, refused)
      select $1, at::date, way, language, array[${hours}],
             coalesce(sum(reads) filter (where state = 'missing'), 0), coalesce(sum(reads) filter (where state = 'refused'), 0)
        from (select hour at time zone $4 as at, extract(hour from hour at time zone $4)::int as hour, way, language, state, reads from read_hours
               where organization_id = $1 and hour >= $2::date::timestamp at time zone $4 and hour < ($3::date + 1)::timestamp at time zone $4) as counted
       group by at::date, way, language
      on conflict (organization_id, day, way, language) do update
         set hours = excluded.hours, missing = excluded.missing, refused = excluded.refused`,
    values: [shop.organizationId, from, to, timezone],
  })

export type ReadsBy = 'way' | 'hour' | 'language' | 'day'
export type ReadCounts = { key: string; reads: number; missing: number | null; refused: number | null }

const failed = 'sum(missing)::float8 as missing, sum(refused)::float8 as refused'
const reads = 'sum((select sum(one) from unnest(hours) as one))::float8'

/** How a shop's parcels were looked at on these days, by what is asked; hours and days in order, others by the number of reads. */
export const listReads = (shop: ShopSql, { by, from, to }: { by: ReadsBy; from: string; to: string }) =>
  rows<ReadCounts>(shop, {
    text:
      by === 'hour'
        ? `select (place - 1)::text as key, sum(amount)::float8 as reads, null as missing, null as refused
             from read_days cross join lateral unnest(hours) with ordinality as counted (amount, place)
            where organization_id = $1 and day between $2::date and $3::date group by place order by place`
        : `select ${by}::text as key, ${reads} as reads, ${failed}
             from read_days where organization_id = $1 and day between $2::date and $3::date
            group by ${by} order by ${by === 'day' ? 'day' : `${reads} desc, ${by}`} limit 500`,
    values: [shop.organizationId, from, to],
  })
