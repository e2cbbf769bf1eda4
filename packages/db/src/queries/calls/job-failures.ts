import { rows, run, type Sql } from '../../sql.ts'
import { isOfShop, type OfShop } from '../connections/overview.ts'

type JobKind = { queue: string; connectionId: string | null; at: Date }

/** A kind of job that keeps failing: since when, how often in a row, and why the last time. */
export type JobFailure = {
  queue: string
  connectionId: string | null
  times: number
  firstAt: Date
  lastAt: Date
  message: string
}

const messageMax = 300

export const saveJobFailure = (sql: Sql, { queue, connectionId, at, message }: JobKind & { message: string }) =>
  run(sql, {
    text: `insert into job_failures as f (queue, connection_id, organization_id, first_at, last_at, message)
     values ($1, $2, (select organization_id from connections where id = $2), $3, $3, $4)
     on conflict (queue, connection_id) do update
        set times = case when f.ended_at is null then f.times + 1 else 1 end,
            first_at = case when f.ended_at is null then f.first_at else $3 end,
            last_at = $3, message = $4, ended_at = null`,
    values: [queue, connectionId, at, message.slice(0, messageMax)],
  })

/** A job of the kind went through. One that only found its connection paused for the failure has proved nothing. */
export const endJobFailure = (sql: Sql, { queue, connectionId, at }: JobKind) =>
  run(sql, {
    text: `update job_failures f set ended_at = $3
      where f.queue = $1 and f.connection_id is not distinct from $2 and f.ended_at is null
        and not exists (select from connections c where c.id = f.connection_id and c.pause_reason = 'jobs_failing')`,
    values: [queue, connectionId, at],
  })

/** What fails at present, with the accounts of a shop or at all, the longest first. */
export const listJobFailures = (sql: Sql, { shop }: OfShop) =>
  rows<JobFailure>(sql, {
    text: `select queue, connection_id as "connectionId", times, first_at as "firstAt", last_at as "lastAt", message
       from job_failures where ended_at is null and ${isOfShop('$1')} order by first_at limit 100`,
    values: [shop],
  })
