import { row, rows, run, type ShopSql, type ShopTx } from '../../sql.ts'
import type { ParcelFacts } from './counted-parcels.ts'

const counted = {
  delivered: `outcome = 'delivered'`,
  returned: `outcome = 'returned'`,
  lost: `outcome = 'lost'`,
  cancelled: `outcome = 'cancelled'`,
  lapsed: `outcome = 'lapsed'`,
  attempts_known: '"firstAttempt" is not null',
  first_attempt: '"firstAttempt"',
  expected: 'late is not null',
  late: 'late',
} as const
const columns = Object.keys(counted)
const columnList = columns.join(', ')

const places = (buckets: number): number[] => Array.from({ length: buckets }, (_, place) => place)

type Change = ParcelFacts & { sign: 1 | -1 }

/** Adds parcels to the counts of their weeks, or takes them out of these. */
export const addToWeeks = (tx: ShopTx, { changes, buckets }: { changes: readonly Change[]; buckets: number }) =>
  run(tx, {
    text: `
      insert into parcel_weeks as w (organization_id, week, courier, state, ${columnList}, transit)
      select $1, week, courier, state,
             ${Object.values(counted)
               .map((holds) => `coalesce(sum(sign) filter (where ${holds}), 0)`)
               .join(', ')},
             array[${places(buckets).map((place) => `coalesce(sum(sign) filter (where bucket = ${place}), 0)`)}]
        from jsonb_to_recordset($2::jsonb) as told (week date, courier text, state text, outcome text, "firstAttempt" boolean, late boolean, bucket int,
                                                    sign int)
       group by week, courier, state order by week, courier, state
      on conflict (organization_id, week, courier, state) do update
         set ${columns.map((name) => `${name} = w.${name} + excluded.${name}`).join(', ')},
             transit = array(select a + b from unnest(w.transit, excluded.transit) with ordinality as both_of (a, b, place) order by place)`,
    values: [tx.organizationId, JSON.stringify(changes)],
  })

export type TransitBy = 'courier' | 'state' | 'week'
export type TransitCounts = {
  key: string
  delivered: number
  returned: number
  lost: number
  cancelled: number
  lapsed: number
  attemptsKnown: number
  firstAttempt: number
  expected: number
  late: number
  transit: number[]
}

/** A shop's parcels that ended in the weeks that begin `from` to `to`, by what is asked; weeks in order, others by the number of parcels. */
export const listTransit = (
  shop: ShopSql,
  { by, buckets, limit, ...weeks }: { by: TransitBy; from: string; to: string; buckets: number; limit: number },
) =>
  rows<TransitCounts>(shop, {
    text: `
      select ${by}::text as key, ${columns.map((name) => `sum(${name})::int as "${name.replace(/_(\w)/, (_, letter: string) => letter.toUpperCase())}"`).join(', ')},
             array[${places(buckets).map((place) => `sum(transit[${place + 1}])`)}]::int[] as transit
        from parcel_weeks where organization_id = $1 and week between $2::date and $3::date
       group by ${by} order by ${by === 'week' ? 'week' : `${by} = '', sum(delivered + returned + lost + lapsed + cancelled) desc, ${by}`} limit $4`,
    values: [shop.organizationId, weeks.from, weeks.to, limit],
  })

/** How many of a shop's parcels were delivered in weeks. */
export const countDelivered = async (shop: ShopSql, weeks: { from: string; to: string }): Promise<number> =>
  (await row<{ delivered: number }>(shop, {
    text: `select coalesce(sum(delivered), 0)::int as delivered from parcel_weeks where organization_id = $1 and week between $2::date and $3::date`,
    values: [shop.organizationId, weeks.from, weeks.to],
  }))!.delivered

/** The calls and checks of days, by courier or week. */
export const listCallsToDivide = (
  shop: ShopSql,
  { by, from, to }: { by: 'courier' | 'week'; from: string; to: string },
) =>
  rows<{ key: string; calls: number; checks: number }>(shop, {
    text: `select ${by === 'week' ? `date_trunc('week', day)::date::text` : 'courier'} as key, sum(calls)::float8 as calls, sum(checks)::int as checks
             from courier_days where organization_id = $1 and day between $2::date and $3::date group by 1`,
    values: [shop.organizationId, from, to],
  })
