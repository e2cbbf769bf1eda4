import type { JobWithMetadata, PgBoss } from 'pg-boss'
import { type QueueName, queueNames } from './queues.ts'

export type FoundJob = {
  queue: QueueName
  /** The EasyParcel account that it checks with, if it is such a job. */
  connectionId: string | undefined
} & Pick<JobWithMetadata, 'id' | 'state' | 'createdOn' | 'startedOn' | 'completedOn'>

/** What looking for a job needs of the queue. */
export type JobFinder = Pick<PgBoss, 'findJobs'>

/** A job by its id, whichever queue it is in; undefined when there is none or it is gone. */
export const findJob = async (boss: JobFinder, id: string): Promise<FoundJob | undefined> => {
  for (const queue of queueNames) {
    const [job] = await boss.findJobs(queue, { id })
    if (job) return { ...job, queue, connectionId: (job.data as { connectionId?: string } | null)?.connectionId }
  }
  return undefined
}
