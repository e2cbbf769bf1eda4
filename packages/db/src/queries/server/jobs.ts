import { row, rows, run, type Sql } from '../../sql.ts'

export const jobStates = ['created', 'retry', 'active', 'completed', 'failed', 'cancelled'] as const
export type JobState = (typeof jobStates)[number]

/** A job of the queue. Its payload holds ids only; `message` is why its last run failed. */
export type JobRow = {
  id: string
  queue: string
  state: JobState
  payload: Record<string, string> | null
  singletonKey: string | null
  priority: number
  createdAt: Date
  startsAfter: Date
  startedAt: Date | null
  completedAt: Date | null
  retries: number
  message: string | null
}

const columns = `id, name as queue, state::text as state, data as payload, singleton_key as "singletonKey", priority, created_on as "createdAt",
  start_after as "startsAfter", started_on as "startedAt", completed_on as "completedAt", retry_count as retries, left(output ->> 'message', 300) as message`

/** The newest first, those after the job `afterId` in that order. Finished ones are kept for a day. */
export const listJobs = (
  sql: Sql,
  args: { queues: readonly string[]; states: readonly JobState[]; afterId?: string | undefined; limit: number },
) =>
  rows<JobRow>(sql, {
    text: `select ${columns} from pgboss.job
      where name = any ($1) and state::text = any ($2) and ($3::uuid is null or (created_on, id) < (select created_on, id from pgboss.job where id = $3))
      order by created_on desc, id desc limit $4`,
    values: [args.queues, args.states, args.afterId ?? null, args.limit],
  })

/** Takes the newest failed jobs to do again: they count as cancelled from then on, so that no one does the same again. */
export const takeFailedJobs = (sql: Sql, { queues, limit }: { queues: readonly string[]; limit: number }) =>
  rows<JobRow>(sql, {
    text: `update pgboss.job set state = 'cancelled'
      where state = 'failed' and name = any ($1)
        and id in (select id from pgboss.job where name = any ($1) and state = 'failed' order by created_on desc, id desc limit $2)
      returning ${columns}`,
    values: [queues, limit],
  })

/** The same for one job; what does not stand as failed stays. */
export const takeFailedJob = (sql: Sql, { id, queue }: { id: string; queue: string }) =>
  run(sql, {
    text: `update pgboss.job set state = 'cancelled' where name = $2 and id = $1 and state = 'failed'`,
    values: [id, queue],
  })

export const findJobRow = (sql: Sql, { id, queues }: { id: string; queues: readonly string[] }) =>
  row<JobRow>(sql, {
    text: `select ${columns} from pgboss.job where name = any ($2) and id = $1`,
    values: [id, queues],
  })

/** How many jobs of each queue are in each state, and since when the oldest that may start waits. */
export type JobCount = { queue: string; state: JobState; amount: number; oldestAt: Date }

export const countJobs = (sql: Sql, queues: readonly string[]) =>
  rows<JobCount>(sql, {
    text: `select name as queue, state::text as state, count(*)::int as amount, min(start_after) as "oldestAt" from pgboss.job where name = any ($1) group by 1, 2 order by 1, 2`,
    values: [queues],
  })
