import {
  archiveEnded,
  closeAbandonedCalls,
  deleteEnded,
  deleteOldCalls,
  deleteOldLogs,
  deleteOldLookupLocks,
  deleteOldReports,
  deleteOldSecurityLog,
  deleteOldUnreadValues,
  healSchedules,
} from '@jejak/db'
import type { Handler } from '../handlers.ts'

const batch = 1000
const batchesMax = 500
// No cadence and no wait after failures puts a parcel off for longer.
const longestWaitMs = 3 * 86_400_000

/** Repeats a bounded step until it finds nothing more, so that no single transaction grows long. */
const inBatches = async (step: () => Promise<number>, signal: AbortSignal): Promise<number> => {
  let total = 0
  for (let round = 0; round < batchesMax && !signal.aborted; round++) {
    const touched = await step()
    total += touched
    if (touched < batch) break
  }
  return total
}

/** Archives and deletes what has outlived its retention, and closes calls whose process died. */
export const cleanUpJob: Handler<'clean-up'> = async ({ config, db: { sql }, clock, log }, _, job) => {
  const now = await clock(sql)
  const before = (ms: number) => new Date(now.getTime() - ms)
  const { archiveMs, deleteMs, logsMs, callsMs, securityLogMs } = config.retention
  const { lookupWindowMs, lookupLockMs } = config.customers
  const aged = (ms: number) => ({ olderThan: before(ms), limit: batch })
  const abandonedCalls = await closeAbandonedCalls(sql, now)
  const { maxMs, confirmationsMs } = config.tracking
  const plausibleUntil = new Date(now.getTime() + Math.max(maxMs, ...confirmationsMs, longestWaitMs))
  const healed = await healSchedules(sql, { now, plausibleUntil, signal: job.signal })
  const archived = await inBatches(() => archiveEnded(sql, { ...aged(archiveMs), now }), job.signal)
  const deleted = await inBatches(() => deleteEnded(sql, aged(deleteMs)), job.signal)
  const logs = await inBatches(() => deleteOldLogs(sql, aged(logsMs)), job.signal)
  const calls = await inBatches(() => deleteOldCalls(sql, aged(callsMs)), job.signal)
  const lookups = await inBatches(() => deleteOldLookupLocks(sql, aged(lookupWindowMs + lookupLockMs)), job.signal)
  const security = await inBatches(() => deleteOldSecurityLog(sql, aged(securityLogMs)), job.signal)
  const reports = await deleteOldReports(sql, { olderThan: before(deleteMs) })
  const unread = await deleteOldUnreadValues(sql, { olderThan: before(logsMs) })
  const removed = { healed, archived, deleted, logs, calls, lookups, security, reports, unread }
  log.info({ jobId: job.id, abandonedCalls, ...removed }, 'cleaned up')
}
