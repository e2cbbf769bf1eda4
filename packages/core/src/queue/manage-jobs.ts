import {
  type Clock,
  type Db,
  findJobRow,
  type JobRow,
  type JobState,
  type Tx,
  takeFailedJob,
  takeFailedJobs,
} from '@jejak/db'
import type { PgBoss } from 'pg-boss'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { conflict, notFound } from '../errors.ts'
import { type Boss, enqueue, executorOf } from './enqueue.ts'
import { type QueueName, queueNames, queues } from './queues.ts'

/** What cancelling a job needs of the queue. */
export type JobCanceller = Pick<PgBoss, 'cancel'>

type Deps = { db: Pick<Db, 'sql' | 'transaction'>; boss: Boss & JobCanceller; clock: Clock }
type Asked = { actor: Actor; id: string }

const retriedAtOnce = 1000

/**
 * Has what a failed or cancelled job was for done by a new one; null when an equal one is waiting already. Returns the id of the new one. The failed one counts as
 * cancelled then.
 */
export const retryJob = ({ db, boss, clock }: Deps, { actor, id }: Asked): Promise<string | null> =>
  db.transaction(async (tx) => {
    const job = await getJob(tx, id)
    if (job.state !== 'failed' && job.state !== 'cancelled')
      throw conflict(`This job is ${shownState(job.state)}: only what has failed or was cancelled can be done again.`)
    await takeFailedJob(tx, job)
    const newId = await sendAgain(boss, tx, job)
    await recordAct(tx, {
      act: 'job.retried',
      actor,
      organizationId: null,
      object: `job:${id}`,
      detail: job.queue,
      now: await clock(tx),
    })
    return newId
  })

/** The same for every failed job of a queue, or of all; returns how many new ones were sent. What is the same becomes one. */
export const retryFailedJobs = (
  { db, boss, clock }: Deps,
  { actor, queue }: { actor: Actor; queue: QueueName | null },
): Promise<number> =>
  db.transaction(async (tx) => {
    const asked = { queues: queue ? [queue] : queueNames, limit: retriedAtOnce }
    const sent: (string | null)[] = []
    for (const job of await takeFailedJobs(tx, asked)) sent.push(await sendAgain(boss, tx, job))
    const detail = `${queue ?? 'all queues'}, jobs ${sent.length}`
    await recordAct(tx, { act: 'job.retried', actor, organizationId: null, detail, now: await clock(tx) })
    return sent.filter((id) => id !== null).length
  })

/** Takes a job back that waits; one that runs ends at its next step. */
export const cancelJob = ({ db, boss, clock }: Deps, { actor, id }: Asked): Promise<void> =>
  db.transaction(async (tx) => {
    const job = await getJob(tx, id)
    if (!['created', 'retry', 'active'].includes(job.state))
      throw conflict(`This job is ${shownState(job.state)}: there is nothing to cancel.`)
    await boss.cancel(job.queue, id, { db: executorOf(tx) })
    await recordAct(tx, {
      act: 'job.cancelled',
      actor,
      organizationId: null,
      object: `job:${id}`,
      detail: job.queue,
      now: await clock(tx),
    })
  })

export type ShownState = 'waiting' | Exclude<JobState, 'created' | 'retry'>

/** As people call it: what is tried again waits, too. */
export const shownState = (state: JobState): ShownState =>
  state === 'created' || state === 'retry' ? 'waiting' : state

const getJob = async (tx: Tx, id: string): Promise<JobRow> => {
  const job = await findJobRow(tx, { id, queues: queueNames })
  if (!job) throw notFound('There is no such job; finished ones are kept for a day.')
  return job
}

const sendAgain = (boss: Boss, tx: Tx, { queue, payload, singletonKey, priority }: JobRow): Promise<string | null> => {
  const name = queue as QueueName
  return enqueue(boss, {
    name,
    payload: queues[name].payload.parse(payload ?? {}) as never,
    options: { ...(singletonKey !== null && { singletonKey }), priority, sql: tx },
  })
}
