import { row, rows, type Sql } from '../../sql.ts'
import { findServerFacts } from '../server/diagnosis.ts'

type Totals = {
  requests: number
  failed: number
  reads: number
  notModified: number
  lookUps: number
  statements: number
  perMinute: number | null
  workerSeenAt: Date | null
}

export type RouteTotals = {
  route: string
  requests: number
  refused: number
  failed: number
  notModified: number
  buckets: number[]
}

/** How one process was in the last minute that it told of. */
export type ProcessState = {
  process: string
  role: string
  version: string
  startedAt: Date
  seenAt: Date
  memoryBytes: number
  heapBytes: number
  loopDelayMs: number
  connections: number
}

const totalsSql = `
  select coalesce(sum(requests), 0)::int as requests, coalesce(sum(failed), 0)::int as failed, coalesce(sum(reads), 0)::int as reads,
         coalesce(sum(not_modified), 0)::int as "notModified", coalesce(sum(look_ups), 0)::int as "lookUps", coalesce(sum(statements), 0)::int as statements,
         round(sum(requests) filter (where at >= date_trunc('minute', $1::timestamptz) - interval '5 minutes' and at < date_trunc('minute', $1::timestamptz)) / 5.0, 1)::float8 as "perMinute",
         max(at) filter (where role = 'worker') as "workerSeenAt"
    from process_minutes where at > $1::timestamptz - interval '1 hour'`

// As sums of arrays there is none of Postgres's own.
const routesSql = `
  select h.route, sum(requests)::int as requests, sum(refused)::int as refused, sum(failed)::int as failed, sum(not_modified)::int as "notModified",
         array(select sum(n)::int from route_hours own cross join unnest(own.buckets) with ordinality as bucket (n, place)
                where own.route = h.route and own.hour > $1::timestamptz - interval '1 day' group by place order by place) as buckets
    from route_hours h where hour > $1::timestamptz - interval '1 day' group by h.route order by 2 desc, 1 limit 200`

const processesSql = `
  select distinct on (process) process, role, version, started_at as "startedAt", at as "seenAt", rss::float8 as "memoryBytes",
         heap_used::float8 as "heapBytes", loop_delay_ms as "loopDelayMs", connections
    from process_minutes where at > $1::timestamptz - interval '3 minutes' order by process, at desc`

/** What the processes of the installation told of themselves, and how its database is. */
export const findSystem = async (sql: Sql, now: Date) => {
  const [totals, routes, processes, database, sizes] = await Promise.all([
    row<Totals>(sql, { text: totalsSql, values: [now] }),
    rows<RouteTotals>(sql, { text: routesSql, values: [now] }),
    rows<ProcessState>(sql, { text: processesSql, values: [now] }),
    findServerFacts(sql),
    rows<{ day: string; bytes: number }>(
      sql,
      'select day, database_bytes::float8 as bytes from system_days order by day desc limit 30',
    ),
  ])
  return { totals: totals!, routes, processes, database, sizes: sizes.toReversed() }
}
