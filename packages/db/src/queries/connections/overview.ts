import { columnsOf, type RowOf } from '../../columns.ts'
import { priorities } from '../../priorities.ts'
import { row, rows, run, type Sql } from '../../sql.ts'
import { type GateRow, gateColumns } from '../calls/gate.ts'
import { countedSql } from '../parcels/counts.ts'
import { defaultFirst } from './default-first.ts'

export type Overview = {
  trackingsByStatus: Record<string, number>
  dueNow: number
  inFlight: number
  requiringAttention: number
  checks: number
  calls: number
}

/** Of the shop with this id, or of `all`, which is the whole installation. */
export type OfShop = { shop: string }

/** The rows of the shop that this parameter names, or of all shops when it says `all`; none when it is null. */
export const isOfShop = (parameter: string) =>
  `(${parameter}::text = 'all' or organization_id = nullif(${parameter}::text, 'all')::bigint)`

/** Says which rows a statement is about; `of` is where they have their `organization_id`, such as `c.`. */
type Which = (of?: string) => string

/** A statement for one shop, and the same for all: each is prepared and planned once a connection, and the shop's by its own indexes. */
export const forOneOrAll = (
  name: string,
  { parameter, text }: { parameter: string; text: (which: Which) => string },
) => {
  const one = { name: `${name}-of-shop`, text: text((of = '') => `${of}organization_id = ${parameter}::text::bigint`) }
  const all = { name: `${name}-of-all`, text: text(() => `${parameter}::text = 'all'`) }
  return ({ shop }: OfShop) => (shop === 'all' ? all : one)
}

/** So many due parcels of one class and account are counted; what is more is as many, for a person. */
const dueMax = 10_000

const overviewFor = forOneOrAll('overview', {
  parameter: '$2',
  text: (which) => `
  select (select coalesce(jsonb_object_agg(status, amount), '{}')
            from (select status, sum(amount)::int as amount from (${countedSql}) as counted where ${which()}
                   group by status having sum(amount) > 0) as by_status
         ) as "trackingsByStatus",
         (select coalesce(sum(amount), 0)::int from (${countedSql}) as counted where attention <> '' and ${which()}) as "requiringAttention",
         (select coalesce(sum(amount), 0)::int
            from connections c cross join unnest($4::smallint[]) as class (priority) cross join lateral (
              select count(*) as amount from (
                select from tracking_schedule s
                 where s.connection_id = c.id and s.update_priority = class.priority and s.next_update_due <= $1 limit ${dueMax}) as seen) as due
           where ${which('c.')}) as "dueNow",
         (select coalesce(sum(batch_size), 0)::int from api_calls where closed_at is null and lease_until > $1 and ${which()}) as "inFlight",
         today.checks, today.calls
    from (select coalesce(sum(a.batch_size) filter (where a.closed_at is not null), 0)::int as checks, count(a.id)::int as calls
            from connections c left join api_calls a on a.connection_id = c.id and a.budget_day = $3
           where ${which('c.')}) as today`,
})

/** The state of a shop, or of the whole installation, in one statement; `checks` counts the numbers asked in the closed calls of the local `day`. */
export const findOverview = async (
  sql: Sql,
  { now, day, shop }: OfShop & { now: Date; day: string },
): Promise<Overview> =>
  (await row<Overview>(sql, { ...overviewFor({ shop }), values: [now, shop, day, Object.values(priorities)] }))!

const toldTypes = {
  name: 'text',
  accessTokenExpiresAt: 'timestamptz?',
  canRenew: 'boolean',
  refreshedAt: 'timestamptz?',
  refreshRefusedAt: 'timestamptz?',
  connectedAt: 'timestamptz?',
  disconnectedAt: 'timestamptz?',
  heldReason: 'text?',
} as const

/** One connection as people see it; none of its tokens. */
export type ConnectionOverview = GateRow &
  RowOf<typeof toldTypes> & { api: 'open' | 'classic'; environment: 'live' | 'sandbox' | null; isDefault: boolean }

/** The columns of a `ConnectionOverview`, of a connection. */
export const connectionColumns = `${gateColumns}, ${columnsOf('connections', ['api', 'environment', ...Object.keys(toldTypes)])},
  connections.id = (select d.id from connections d where d.organization_id = connections.organization_id and d.api = connections.api
                     order by ${defaultFirst('d')} limit 1) as "isDefault"`

/** The connections of a shop, or all, oldest first. */
export const listConnections = (sql: Sql, { shop }: OfShop) =>
  rows<ConnectionOverview>(sql, {
    text: `select ${connectionColumns} from connections where ${isOfShop('$1')} order by id`,
    values: [shop],
  })

// $3: only these shops, if any are named; $4: not these.
const isReported = '($3::bigint[] is null or organization_id = any ($3)) and organization_id <> all ($4::bigint[])'

/** Which days are reported, of these shops only, or of all but those. */
export type ReportedDays = {
  day: string
  missed: readonly string[]
  only?: readonly string[]
  allBut?: readonly string[]
}

/**
 * Writes (or rewrites) the report of the local day `day`, and those of `missed` days that no one wrote, for every connection of these shops that made calls on
 * them. Parcels by status are those of now: a missed day has none.
 */
export const saveDailyReports = (sql: Sql, { day, missed, only, allBut = [] }: ReportedDays) =>
  run(sql, {
    text: `with by_status as materialized (
       select connection_id, jsonb_object_agg(status, amount) as statuses
         from (select connection_id, status, count(*) as amount from tracking_cache
                where archived_at is null and ${isReported} group by connection_id, status) as counted
        group by connection_id)
     insert into daily_reports (organization_id, connection_id, day, calls, calls_manual, calls_failed, numbers_asked, numbers_found, trackings_changed,
                                median_duration_ms, trackings_by_status)
     select a.organization_id, a.id, c.budget_day, count(*), count(*) filter (where c.is_manual),
            count(*) filter (where c.outcome is distinct from 'ok'), coalesce(sum(c.batch_size), 0), coalesce(sum(c.found) filter (where c.kind = 'check'), 0),
            coalesce(sum(c.changed) filter (where c.kind = 'check'), 0), percentile_cont(0.5) within group (order by c.duration_ms),
            coalesce((select statuses from by_status where connection_id = a.id and c.budget_day = $1::date), '{}')
       from (select id, organization_id from connections where ${isReported}) a
       join api_calls c on c.connection_id = a.id and c.budget_day = any ($2::date[] || $1::date)
      where c.budget_day = $1::date or not exists (select from daily_reports r where r.connection_id = a.id and r.day = c.budget_day)
      group by a.id, a.organization_id, c.budget_day
     on conflict (connection_id, day) do update
        set calls = excluded.calls, calls_manual = excluded.calls_manual, calls_failed = excluded.calls_failed,
            numbers_asked = excluded.numbers_asked, numbers_found = excluded.numbers_found,
            trackings_changed = excluded.trackings_changed, median_duration_ms = excluded.median_duration_ms`,
    values: [day, missed, only ?? null, allBut],
  })
