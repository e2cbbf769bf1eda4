import { run, type Sql } from '../../sql.ts'

type RouteFigures = {
  route: string
  requests: number
  refused: number
  failed: number
  notModified: number
  buckets: readonly number[]
}
type ReadFigures = {
  organizationId: string | null
  shop: string | null
  way: string
  state: string
  language: string
  reads: number
}

/** What a process counted since the last time, and how it is. */
export type ProcessFigures = {
  now: Date
  process: string
  role: string
  version: string
  startedAt: Date
  rss: number
  heapUsed: number
  loopDelayMs: number
  connections: number
  lookUps: number
  statements: number
  routes: readonly RouteFigures[]
  reads: readonly ReadFigures[]
}

// A shop that is gone, or that no one has, is none.
const saveSql = `
  with route as (
    select * from jsonb_to_recordset($12::jsonb)
      as r (route text, requests bigint, refused bigint, failed bigint, "notModified" bigint, buckets bigint[])),
  read as (
    select o.id as organization_id, r.way, r.state, r.language, sum(r.reads) as reads
      from jsonb_to_recordset($13::jsonb) as r ("organizationId" bigint, shop text, way text, state text, language text, reads bigint)
      left join organizations o on o.id = r."organizationId" or (r."organizationId" is null and o.slug = r.shop)
     group by 1, 2, 3, 4),
  process as (
    insert into process_minutes as p (at, process, role, version, started_at, rss, heap_used, loop_delay_ms, connections, look_ups, statements,
                                      requests, failed, reads, not_modified)
    select date_trunc('minute', $1::timestamptz), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
           coalesce(sum(requests), 0), coalesce(sum(failed), 0), coalesce((select sum(reads) from read), 0), coalesce(sum("notModified"), 0)
      from route where route not like '%/health/%'
    on conflict (at, process) do update
       set rss = excluded.rss, heap_used = excluded.heap_used, loop_delay_ms = greatest(p.loop_delay_ms, excluded.loop_delay_ms),
           connections = excluded.connections, look_ups = p.look_ups + excluded.look_ups, statements = p.statements + excluded.statements,
           requests = p.requests + excluded.requests, failed = p.failed + excluded.failed, reads = p.reads + excluded.reads,
           not_modified = p.not_modified + excluded.not_modified),
  routes as (
    insert into route_hours as h (hour, route, requests, refused, failed, not_modified, buckets)
    select date_trunc('hour', $1::timestamptz), route, requests, refused, failed, "notModified", buckets from route order by route
    on conflict (hour, route) do update
       set requests = h.requests + excluded.requests, refused = h.refused + excluded.refused, failed = h.failed + excluded.failed,
           not_modified = h.not_modified + excluded.not_modified,
           buckets = array(select a + b from unnest(h.buckets, excluded.buckets) with ordinality as both_of (a, b, place) order by place))
  insert into read_hours as h (organization_id, hour, way, state, language, reads)
  select organization_id, date_trunc('hour', $1::timestamptz), way, state, language, reads from read order by 1, 3, 4, 5
  on conflict (organization_id, hour, way, state, language) do update set reads = h.reads + excluded.reads`

/** Stores what a process counted, in one statement. */
export const saveFigures = (sql: Sql, { now, routes, reads, ...state }: ProcessFigures) =>
  run(sql, {
    text: saveSql,
    values: [
      ...[now, state.process, state.role, state.version, state.startedAt, state.rss, state.heapUsed, state.loopDelayMs],
      ...[state.connections, state.lookUps, state.statements, JSON.stringify(routes), JSON.stringify(reads)],
    ],
  })

/** Notes how large the database is on this day; the last one of the day stays. */
export const saveDatabaseSize = (sql: Sql, day: string) =>
  run(sql, {
    text: `insert into system_days (day, database_bytes) values ($1, pg_database_size(current_database()))
           on conflict (day) do update set database_bytes = excluded.database_bytes`,
    values: [day],
  })
