import { jobsFailing } from '@jejak/core/checking'
import { type Payload, type QueueName, queueNames, queues } from '@jejak/core/queue'
import { delayAfterFault } from '@jejak/core/syncing'
import {
  endJobFailure,
  isDatabaseUnavailable,
  listConnections,
  pauseConnection,
  saveJobFailure,
  withoutValues,
} from '@jejak/db'
import type { PgBoss, WorkOptions } from 'pg-boss'
import type { WorkerDeps } from './deps.ts'
import { jobs } from './jobs.ts'

const placesMax = 40
const recountMs = 60_000
/** A first listing takes a minute: other accounts need not wait for it. */
const placesOf: Partial<Record<QueueName, WorkOptions>> = { 'account-sync': { localConcurrency: 4 } }

/** Starts working on every queue. `stopping` fires when the process wants to end: runs stop between two calls. */
export const startHandlers = async (
  deps: WorkerDeps,
  { boss, stopping, recountEveryMs = recountMs }: { boss: PgBoss; stopping: AbortSignal; recountEveryMs?: number },
): Promise<void> => {
  const addPlaces = placeAdder(boss, deps, stopping)
  await addPlaces()
  for (const name of queueNames)
    if (name !== 'check-due') await startHandler(boss, deps, name, placesOf[name] ?? {}, stopping)
  const recount = setInterval(
    () => void addPlaces().catch((err: unknown) => deps.log.warn({ err }, 'the connections could not be counted')),
    recountEveryMs,
  )
  recount.unref()
  stopping.addEventListener('abort', () => clearInterval(recount), { once: true })
}

/**
 * Sees to a place for each connection and one more; connections may be added at any time. No batches of jobs: a batch fetches nothing new
 * before its slowest job has ended, so a few slow connections would hold up all others (measured). Each place looks for a job every second.
 */
const placeAdder = (boss: PgBoss, deps: WorkerDeps, stopping: AbortSignal) => {
  let places = 0
  return async (): Promise<void> => {
    const { length: connections } = await listConnections(deps.db.sql, { shop: 'all' })
    const missing = Math.min(connections + 1, placesMax) - places
    if (missing <= 0 || stopping.aborted) return
    places += missing
    await startHandler(boss, deps, 'check-due', { localConcurrency: missing }, stopping)
  }
}

const startHandler = async <Name extends QueueName>(
  boss: PgBoss,
  deps: WorkerDeps,
  name: Name,
  places: WorkOptions,
  stopping: AbortSignal,
) => {
  const { pollSeconds, payload } = queues[name]
  await boss.work(name, { pollingIntervalSeconds: pollSeconds, ...places, batchSize: 1 }, async ([job]) => {
    if (!job) return
    const { id, data } = job
    await tellingOfFailure(deps, {
      job: { id, queue: name, connectionId: connectionOf(data) },
      work: () => {
        const signal = AbortSignal.any([job.signal, stopping])
        return jobs[name](deps, { id, payload: payload.parse(data) as Payload<Name>, signal })
      },
    })
  })
}

const connectionOf = (data: unknown): string | null => {
  const { connectionId } = (data ?? {}) as { connectionId?: unknown }
  return typeof connectionId === 'string' && /^\d{1,18}$/.test(connectionId) ? connectionId : null
}

type Told = { id: string; queue: QueueName; connectionId: string | null }

/** Runs a job and stores its failure where people look: the queue keeps it for a day only. What the failure quotes goes nowhere. */
export const tellingOfFailure = async (
  deps: WorkerDeps,
  { job, work }: { job: Told; work: () => Promise<void> },
): Promise<void> => {
  const { db, clock, log } = deps
  const { queue, connectionId } = job
  try {
    await work()
    await endJobFailure(db.sql, { queue, connectionId, at: await clock(db.sql) })
  } catch (error) {
    const told = withoutValues(error as Error)
    log.error({ err: told, queue, jobId: job.id, connectionId }, 'a job failed')
    await noteFailure(deps, job, error as Error).catch((err: Error) =>
      log.warn({ err }, 'a failure could not be stored'),
    )
    throw told
  }
}

/** A database that was away comes back, and nothing is wrong with the connection; any other failure would come again: of checks, a call at a time. */
const noteFailure = async (
  { db, clock, config, settingsOf }: WorkerDeps,
  { queue, connectionId }: Told,
  error: Error,
) => {
  const at = await clock(db.sql)
  const { message } = withoutValues(error)
  await saveJobFailure(db.sql, { queue, connectionId, at, message })
  if (connectionId === null || isDatabaseUnavailable(error)) return
  if (queue === 'account-sync') {
    await delayAfterFault(db.sql, { connectionId, message, now: at, settings: settingsOf(null) })
    return
  }
  const until = new Date(at.getTime() + config.tracking.breakerCooldownMs)
  await pauseConnection(db.sql, {
    connectionId,
    until,
    reason: jobsFailing,
    failure: `A check ended by a fault of ours: ${message}`.slice(0, 300),
    now: at,
  })
}
