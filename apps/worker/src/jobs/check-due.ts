import { checkDue } from '@jejak/core/checking'
import type { Handler } from '../handlers.ts'

const healthyStops: readonly string[] = ['nothing_due', 'spacing', 'slots_full', 'paced', 'stopped']

/** Checks what is due on one connection. A refusal of the gate is no failure: the schedule asks again. */
export const checkDueJob: Handler<'check-due'> = async ({ checks, log, heartbeat }, { connectionId }, job) => {
  const run = await checkDue(checks, connectionId, job.signal)
  if (run.calls > 0) log.info({ jobId: job.id, connectionId, ...run }, 'due trackings checked')
  const onlyTrialsFailed = run.failedCalls === 0 && run.failedTrials < Math.max(1, run.calls)
  if (onlyTrialsFailed && healthyStops.includes(run.stoppedBy)) heartbeat()
}
