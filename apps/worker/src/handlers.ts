import { type Payload, type QueueName, queues } from '@jejak/core/queue'
import { listConnections } from '@jejak/db'
import type { PgBoss, WorkOptions } from 'pg-boss'
import type { WorkerDeps } from './deps.ts'
import { checkDueJob } from './jobs/check-due.ts'
import { cleanUpJob } from './jobs/clean-up.ts'
import { dailyReportJob } from './jobs/daily-report.ts'
import { maintenanceJob } from './jobs/maintenance.ts'
import { reReadJob } from './jobs/re-read.ts'

export type JobRun = { id: string; signal: AbortSignal }
export type Handler<Name extends QueueName> = (deps: WorkerDeps, payload: Payload<Name>, job: JobRun) => Promise<void>

const rare: WorkOptions = { pollingIntervalSeconds: 5 }

/** Which handler does the duty of which queue. The gate counts the calls of each connection. */
const handlers: { [Name in QueueName]: { run: Handler<Name>; options: WorkOptions } } = {
  'check-due': { run: checkDueJob, options: { pollingIntervalSeconds: 1 } },
  'clean-up': { run: cleanUpJob, options: rare },
  'daily-report': { run: dailyReportJob, options: rare },
  maintenance: { run: maintenanceJob, options: rare },
  're-read': { run: reReadJob, options: rare },
}

const placesMax = 40
const recountMs = 60_000

/** Starts working on every queue. `stopping` fires when the process wants to end: runs stop between two calls. */
export const startHandlers = async (
  boss: PgBoss,
  deps: WorkerDeps,
  stopping: AbortSignal,
  every: { recountMs: number } = { recountMs },
): Promise<void> => {
  const addPlaces = placeAdder(boss, deps, stopping)
  await addPlaces()
  for (const name of Object.keys(handlers) as QueueName[])
    if (name !== 'check-due') await startHandler(boss, deps, name, {}, stopping)
  const recount = setInterval(
    () => void addPlaces().catch((err: unknown) => deps.log.warn({ err }, 'the connections could not be counted')),
    every.recountMs,
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
    const { length: connections } = await listConnections(deps.db.sql)
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
  const { run, options } = handlers[name]
  await boss.work(name, { ...options, ...places, batchSize: 1 }, async ([job]) => {
    if (!job) return
    try {
      const payload = queues[name].payload.parse(job.data) as Payload<Name>
      await run(deps, payload, { id: job.id, signal: AbortSignal.any([job.signal, stopping]) })
    } catch (error) {
      deps.log.error({ err: error, queue: name, jobId: job.id }, 'a job failed')
      throw error
    }
  })
}
