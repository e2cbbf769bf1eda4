import { cutAudit } from '@jejak/core/audit'
import { workerActor as actor } from '@jejak/core/changes'
import { localDay, plausibleUntil } from '@jejak/core/checking'
import { eraseDueShops } from '@jejak/core/privacy'
import { archiveEnded, deleteEnded, retireBatch } from '@jejak/core/retention'
import { allSettings } from '@jejak/core/settings'
import { type AgedRows, closeAbandonedCalls, deleteOld, healSchedules, keptAnswerMs, saveDatabaseSize } from '@jejak/db'
import type { Handler } from './deps.ts'

const batch = 1000
// What is still listed must not come back.
const bookingsLaterMs = 7 * 86_400_000
const batchesMax = 2000
// Strangers' attempts are counted over an hour, and a lock lasts a day at most.
const signInsMs = 2 * 86_400_000
// After a link has ended, used or not.
const accountLinksMs = 30 * 86_400_000
// A login at EasyParcel is good for ten minutes; for a day it can be told that it was used.
const connectionLoginsMs = 86_400_000
// From where someone signs in is known for so long.
const userAddressesMs = 180 * 86_400_000
// What processes counted: by the minute, by the hour, and how large the database was.
const [minutesMs, hoursMs, daysMs] = [2 * 86_400_000, 35 * 86_400_000, 400 * 86_400_000]
// What was done can be undone for ten minutes.
const undosMs = 3_600_000

/** Repeats a bounded step until it finds nothing more, so that no single transaction grows long; a step may leave out what others hold. */
const inBatches = async (step: () => Promise<number>, signal: AbortSignal): Promise<number> => {
  let total = 0
  for (let round = 0; round < batchesMax && !signal.aborted; round++) {
    const touched = await step()
    total += touched
    if (touched === 0) break
  }
  return total
}

/** Archives and deletes what has outlived its retention, and closes calls whose process died; a step that fails keeps none of the others from it. */
export const cleanUpJob: Handler<'clean-up'> = async (deps, job) => {
  const { config, db, clock, log } = deps
  const { sql } = db
  const now = await clock(sql)
  const before = (ms: number) => new Date(now.getTime() - ms)
  const { archiveMs, deleteMs, logsMs, callsMs, auditMs, securityLogMs } = config.retention
  const { lookupWindowMs, lookupLockMs } = config.customers
  const old = (rows: AgedRows, ms: number) =>
    inBatches(() => deleteOld(sql, { rows, olderThan: before(ms), limit: batch }), job.signal)
  const retired = (ms: number) => ({ olderThan: before(ms), limit: retireBatch })
  const steps = {
    abandonedCalls: () => closeAbandonedCalls(sql, now),
    healed: () =>
      healSchedules(sql, { now, plausibleUntil: plausibleUntil(allSettings(deps), now), signal: job.signal }),
    archived: () => inBatches(() => archiveEnded({ db }, { actor, now, ...retired(archiveMs) }), job.signal),
    deleted: () => inBatches(() => deleteEnded({ db }, { actor, now, ...retired(deleteMs) }), job.signal),
    logs: () => old('logs', logsMs),
    calls: () => old('calls', callsMs),
    refreshParcels: () => old('refreshParcels', callsMs),
    refreshRuns: () => old('refreshRuns', callsMs),
    bookings: () => old('bookings', config.sync.windowMs + bookingsLaterMs),
    lookups: () => old('lookups', lookupWindowMs + lookupLockMs),
    audit: () =>
      inBatches(() => cutAudit({ db }, { actor, now, olderThan: before(auditMs), limit: batch }), job.signal),
    answers: () => old('answers', keptAnswerMs),
    security: () => old('security', securityLogMs),
    sessions: () => old('sessions', config.access.sessionMaxMs),
    signIns: () => old('signIns', signInsMs),
    accountLinks: () => old('accountLinks', accountLinksMs),
    connectionLogins: () => old('connectionLogins', connectionLoginsMs),
    userAddresses: () => old('userAddresses', userAddressesMs),
    migrationBatches: () => old('migrationBatches', logsMs),
    migrationRuns: () => old('migrationRuns', deleteMs),
    undos: () => old('undos', undosMs),
    reports: () => old('reports', deleteMs),
    unread: () => old('unread', logsMs),
    processMinutes: () => old('processMinutes', minutesMs),
    routeHours: () => old('routeHours', hoursMs),
    readHours: () => old('readHours', hoursMs),
    courierDays: () => old('courierDays', daysMs),
    parcelWeeks: () => old('parcelWeeks', daysMs),
    readDays: () => old('readDays', daysMs),
    systemDays: () => old('systemDays', daysMs),
    databaseSize: () => saveDatabaseSize(sql, localDay(now, config.tracking.timezone)),
    shops: () => eraseDueShops({ db, clock, actor }, { now, signal: job.signal }),
  }
  const done: Record<string, unknown> = {}
  const failed: string[] = []
  for (const [step, run] of Object.entries(steps)) {
    try {
      done[step] = await run()
    } catch (error) {
      log.error({ err: error, jobId: job.id, step }, 'a step of the clean-up failed')
      failed.push(step)
    }
  }
  log.info({ jobId: job.id, ...done }, 'cleaned up')
  if (failed.length > 0)
    throw new Error(`These steps of the clean-up failed, the others are done: ${failed.join(', ')}.`)
}
