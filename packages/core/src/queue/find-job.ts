import type { JobWithMetadata, PgBoss } from 'pg-boss'
import { type QueueName, queueNames } from './queues.ts'

export type FoundJob = { queue: QueueName } & Pick<
  JobWithMetadata,
  'id' | 'state' | 'createdOn' | 'startedOn' | 'completedOn'
>

/** What looking for a job needs of the queue. */
export type JobFinder = Pick<PgBoss, 'findJobs'>

/** A job by its id, whichever queue it is in; undefined when there is none or it is gone. */
export const findJob = async (boss: JobFinder, id: string): Promise<FoundJob | undefined> => {
  for (const queue of queueNames) {
    const [job] = await boss.findJobs(queue, { id })
    if (job) return { queue, ...job }
  }
  return undefined
}
