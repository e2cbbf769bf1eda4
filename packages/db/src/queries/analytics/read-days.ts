import { row, rows, run, type ShopSql } from '../../sql.ts'

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

// Place by place: to unfold each row's hours takes several times as long.
const places = Array.from({ length: 24 }, (_, place) => `hours[${place + 1}]`)
const reads = `coalesce(sum(${places.join(' + ')}), 0)::float8`
const failed = 'coalesce(sum(missing), 0)::float8 as missing, coalesce(sum(refused), 0)::float8 as refused'

/** How a shop's parcels were looked at on these days, by what is asked; hours and days in order, others by the number of reads. */
export const listReads = (shop: ShopSql, { by, from, to }: { by: ReadsBy; from: string; to: string }) =>
  rows<ReadCounts>(shop, {
    text:
      by === 'hour'
        ? `select (place - 1)::text as key, coalesce(amount, 0)::float8 as reads, null as missing, null as refused
             from (select array[${places.map((place) => `sum(${place})`)}] as sums
                     from read_days where organization_id = $1 and day between $2::date and $3::date) as summed
            cross join lateral unnest(sums) with ordinality as counted (amount, place) order by place`
        : `select ${by}::text as key, ${reads} as reads, ${failed}
             from read_days where organization_id = $1 and day between $2::date and $3::date
            group by ${by} order by ${by === 'day' ? 'day' : `${reads} desc, ${by}`} limit 500`,
    values: [shop.organizationId, from, to],
  })

/** The same in all. */
export const countReads = async (
  shop: ShopSql,
  { from, to }: { from: string; to: string },
): Promise<Omit<ReadCounts, 'key'>> =>
  (await row<Omit<ReadCounts, 'key'>>(shop, {
    text: `select ${reads} as reads, ${failed} from read_days where organization_id = $1 and day between $2::date and $3::date`,
    values: [shop.organizationId, from, to],
  }))!
