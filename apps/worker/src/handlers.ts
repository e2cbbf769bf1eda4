import { type Payload, type QueueName, queues } from '@jejak/core/queue'
import type { PgBoss, WorkOptions } from 'pg-boss'
import type { WorkerDeps } from './deps.ts'
import { checkDueJob } from './jobs/check-due.ts'
import { cleanUpJob } from './jobs/clean-up.ts'
import { dailyReportJob } from './jobs/daily-report.ts'
import { maintenanceJob } from './jobs/maintenance.ts'

export type JobRun = { id: string; signal: AbortSignal }
export type Handler<Name extends QueueName> = (deps: WorkerDeps, payload: Payload<Name>, job: JobRun) => Promise<void>

const rare: WorkOptions = { pollingIntervalSeconds: 5 }

/**
 * One job at a time, forty side by side, and not batches: a batch fetches nothing new before its slowest job has ended, so a few slow
 * connections would hold up all others (measured). Looking for jobs forty times a second takes less than 3 % of a core.
 */
const fortyConnections: WorkOptions = { pollingIntervalSeconds: 1, localConcurrency: 40 }

/** Which handler does the duty of which queue. The gate counts the calls of each connection. */
const handlers: { [Name in QueueName]: { run: Handler<Name>; options: WorkOptions } } = {
  'check-due': { run: checkDueJob, options: fortyConnections },
  'clean-up': { run: cleanUpJob, options: rare },
  'daily-report': { run: dailyReportJob, options: rare },
  maintenance: { run: maintenanceJob, options: rare },
}

/** Starts working on every queue. `stopping` fires when the process wants to end: runs stop between two calls. */
export const startHandlers = async (boss: PgBoss, deps: WorkerDeps, stopping: AbortSignal): Promise<void> => {
  for (const name of Object.keys(handlers) as QueueName[]) await startHandler(boss, deps, name, stopping)
}

const startHandler = async <Name extends QueueName>(
  boss: PgBoss,
  deps: WorkerDeps,
  name: Name,
  stopping: AbortSignal,
) => {
  const { run, options } = handlers[name]
  await boss.work(name, { ...options, batchSize: 1 }, async ([job]) => {
    if (!job) return
    const payload = queues[name].payload.parse(job.data) as Payload<Name>
    await run(deps, payload, { id: job.id, signal: AbortSignal.any([job.signal, stopping]) })
  })
}
