import { type AccountSyncRow, claimSync, closeAbandonedCalls, extendSync, releaseSync } from '@jejak/db'
import { clockDifference, clockIsOff } from '../checking/gate/clock-difference.ts'
import { calendarOf } from '../checking/schedule/calendar.ts'
import { wakeAccountSync } from '../queue/index.ts'
import { askDetails } from './ask-details.ts'
import { leaseLost, listPage } from './list-page.ts'
import { makeParcels } from './make-parcels.ts'
import type { SyncStop } from './open-sync-call.ts'
import { readSync } from './read-sync.ts'
import type { SyncDeps, SyncRun } from './sync-deps.ts'
import { choosePass, type Pass } from './sync-passes.ts'
import { tellChanged } from './tell-parcels.ts'

/** What one run did, and why it ended. */
export type SyncReport = { pages: number; parcels: number; details: number; stoppedBy: string }

const runMaxMs = 120_000
const waitsMs = 25_000
const quietFactor = 4

/**
 * Brings an account's parcels up to what EasyParcel lists of it: pages of the list first, then details, until nothing is due or the gate refuses. All
 * that it knows is in rows, so another run goes on wherever this one ends. One run at a time works on an account.
 */
export const syncAccount = async (
  deps: SyncDeps,
  { connectionId, signal }: { connectionId: string; signal: AbortSignal },
): Promise<SyncReport> => {
  const report = { pages: 0, parcels: 0, details: 0 }
  const { checks } = deps
  if (!checks.easyParcelOf(connectionId).listShipments) return { ...report, stoppedBy: 'no_list' }
  if (clockIsOff(await clockDifference({ ...checks, sql: checks.db.sql }))) return { ...report, stoppedBy: 'clock_off' }
  const now = await checks.clock(checks.db.sql)
  const sync = await claimSync(checks.db.sql, {
    connectionId,
    now,
    until: leaseFrom(deps, { organizationId: null, now }),
  })
  if (!sync) return { ...report, stoppedBy: 'running' }
  await closeAbandonedCalls(checks.db.sql, now)
  const run: SyncRun = { connectionId, organizationId: sync.organizationId, runningUntil: sync.runningUntil!, signal }
  const stop = await work(deps, { run, report, stopAt: now.getTime() + runMaxMs })
  if (stop !== leaseLost) await release(deps, run, stop)
  return { ...report, stoppedBy: stop.reason }
}

type Lease = { organizationId: string | null; now: Date }

const leaseFrom = ({ checks: { settingsOf } }: SyncDeps, { organizationId, now }: Lease): Date =>
  new Date(now.getTime() + settingsOf(organizationId).apiTimeoutMs + waitsMs)

type Working = { run: SyncRun; report: Omit<SyncReport, 'stoppedBy'>; stopAt: number }

/** Step by step; before each one the lease is made longer, so that a run that was killed is taken over soon. */
const work = async (deps: SyncDeps, { run, report, stopAt }: Working): Promise<SyncStop> => {
  const { checks } = deps
  const without: Pass[] = []
  let waiting: SyncStop | null = null
  for (;;) {
    const now = await checks.clock(checks.db.sql)
    if (run.signal.aborted || now.getTime() > stopAt) return { reason: 'stopped', retryAt: now }
    if (!(await extend(deps, run, now))) return leaseLost
    const sync = await readSync(deps, run)
    if (!sync) return leaseLost
    report.parcels += await makeParcels(deps, run)
    await tellChanged(deps, run)
    const pass = choosePass(sync, { now, intervalMs: intervalMs(deps, run, now), without })
    const stop = pass ? await listPage(deps, { run, sync, pass }) : await askDetails(deps, run)
    if (stop === null) report[pass ? 'pages' : 'details'] += 1
    else if (stop.reason === 'share_spent' && pass) {
      without.push(pass)
      waiting ??= stop
    } else return stop.reason === 'nothing_due' || stop.reason === 'share_spent' ? (waiting ?? stop) : stop
  }
}

const extend = async (deps: SyncDeps, run: SyncRun, now: Date): Promise<boolean> => {
  const { connectionId, organizationId, runningUntil } = run
  const until = leaseFrom(deps, { organizationId, now })
  if (!(await extendSync(deps.checks.db.sql, { connectionId, runningUntil, until }))) return false
  run.runningUntil = until
  return true
}

const intervalMs = ({ checks, sync }: SyncDeps, { organizationId }: SyncRun, now: Date): number =>
  calendarOf(checks.settingsOf(organizationId)).isNight(now) ? sync.intervalMs * quietFactor : sync.intervalMs

const soonMs = 30_000
/** What is due before the next tick is sent by the run itself. */
const tickSeconds = 60

/** When the next run is due: once the gate may grant again what it refused, else when the newest bookings are looked at again. */
const release = async (deps: SyncDeps, run: SyncRun, stop: SyncStop): Promise<void> => {
  const { checks } = deps
  const sync = await readSync(deps, run)
  if (!sync) return
  const now = await checks.clock(checks.db.sql)
  const nextRunAt = nextRun(sync, { stop, now, intervalMs: intervalMs(deps, run, now) })
  const { connectionId, runningUntil } = run
  await releaseSync(checks.db.sql, { connectionId, runningUntil, nextRunAt })
  const delaySeconds = Math.max(1, Math.ceil((nextRunAt.getTime() - now.getTime()) / 1000))
  if (delaySeconds <= tickSeconds) await wakeAccountSync(deps.registering.boss, { connectionId, delaySeconds })
}

const nextRun = (
  sync: AccountSyncRow,
  { stop, now, intervalMs }: { stop: SyncStop; now: Date; intervalMs: number },
): Date => {
  const isPassDue = choosePass(sync, { now, intervalMs, without: ['window'] }) !== null
  const again = new Date(now.getTime() + (isPassDue ? soonMs : intervalMs))
  if (stop.reason === 'stopped') return now
  // A failure says itself when to try again.
  if (sync.failures > 0 && sync.nextRunAt > now) return sync.nextRunAt
  if (stop.retryAt !== null && (isPassDue || stop.retryAt < again)) return stop.retryAt > now ? stop.retryAt : again
  return again
}
