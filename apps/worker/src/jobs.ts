import { countShops } from '@jejak/core/analytics'
import { sealAudit } from '@jejak/core/audit'
import { checkDue, dayOfNumber, localTime, rePlan, reRead } from '@jejak/core/checking'
import type { QueueName } from '@jejak/core/queue'
import type { KnownSettings } from '@jejak/core/settings'
import { syncAccount } from '@jejak/core/syncing'
import { refreshOwnTexts } from '@jejak/core/texts'
import {
  checkRules,
  countFreshness,
  fenceIsOff,
  findAuditHead,
  foldCounts,
  type ReportedDays,
  saveCourierDays,
  saveDailyReports,
  saveRuleChecks,
} from '@jejak/db'
import { cleanUpJob } from './clean-up.ts'
import type { Handler } from './deps.ts'

const healthyStops: readonly string[] = ['nothing_due', 'spacing', 'slots_full', 'paced', 'stopped']

/** Checks what is due on one connection. A refusal of the gate is no failure: the schedule asks again. */
export const checkDueJob: Handler<'check-due'> = async ({ checks, log, heartbeat }, { id, payload, signal }) => {
  const { connectionId } = payload
  const run = await checkDue(checks, { connectionId, signal })
  if (run.calls > 0) log.info({ jobId: id, connectionId, ...run }, 'due trackings checked')
  const onlyTrialsFailed = run.failedCalls === 0 && run.failedTrials < Math.max(1, run.calls)
  if (onlyTrialsFailed && healthyStops.includes(run.stoppedBy)) heartbeat()
}

const missedDaysMax = 7

/**
 * Writes the report of the day that has ended, by each shop's own clock, and of those before it that no run wrote, and counts the parcels that ended
 * since; running it again writes the same rows.
 */
export const dailyReportJob: Handler<'daily-report'> = async (deps, { id, signal }) => {
  const { db, clock, log } = deps
  const { no, hash } = (await findAuditHead(db.sql)) ?? {}
  // Kept apart from the database, it proves what the chain was: an owner of the database could make it anew.
  log.info({ jobId: id, no, hash }, 'the audit chain ends here')
  const now = await clock(db.sql)
  let reports = 0
  for (const ended of endedDays(deps, now)) {
    reports += await saveDailyReports(db.sql, ended)
    await saveCourierDays(db.sql, ended)
  }
  const parcels = await countShops(deps, { now, signal })
  log.info({ jobId: id, day: daysBefore(now, deps.settingsOf(null)).day, reports, parcels }, 'daily report written')
}

/** The local day that has ended last, and those before it, for all shops of a time zone at once: the installation's, and those of shops elsewhere. */
const endedDays = ({ settingsOf, ownSettings }: KnownSettings, now: Date): ReportedDays[] => {
  const here = settingsOf(null)
  const elsewhere = [...ownSettings()].filter(([, { timezone }]) => timezone !== here.timezone)
  const zones = Map.groupBy(elsewhere, ([, { timezone }]) => timezone)
  return [
    { ...daysBefore(now, here), allBut: elsewhere.map(([shop]) => shop) },
    ...[...zones].map(([timezone, shops]) => ({
      ...daysBefore(now, { timezone }),
      only: shops.map(([shop]) => shop),
    })),
  ]
}

const daysBefore = (now: Date, { timezone }: { timezone: string }) => {
  const today = localTime(now, timezone).dayNumber
  const missed = Array.from({ length: missedDaysMax - 1 }, (_day, back) => dayOfNumber(today - 2 - back))
  return { day: dayOfNumber(today - 1), missed }
}

/** Proves that what no constraint can hold still holds; a broken rule is for a person to act on. What a run had no time for, the next begins with. */
export const maintenanceJob: Handler<'maintenance'> = async ({ config, db, clock, log }, { id, signal }) => {
  if (!config.database.isFenced) log.warn({ jobId: id }, fenceIsOff)
  const from = resumeAt.get(db) ?? 0
  const now = await clock(db.sql)
  const { found, checkedTo } = await checkRules(db.sql, { now, signal, from })
  await saveRuleChecks(db.sql, { now, checkedTo, isContinued: from > 0, found })
  const broken = found.filter(({ failing }) => failing > 0)
  resumeAt.set(db, checkedTo ?? 0)
  for (const { rule, examples } of broken) log.error({ jobId: id, rule, examples }, 'a rule of the database is broken')
  if (checkedTo !== null) log.warn({ jobId: id, from, checkedTo }, 'there was no time to check all parcels')
  else if (broken.length === 0) log.info({ jobId: id }, 'all rules of the database hold')
}

const resumeAt = new WeakMap<object, number>()

/** Reads stored scans again once the rules have changed; if it is cut off, it continues where it was. */
const reReadJob: Handler<'re-read'> = async ({ checks, db, log }, { id, signal }) => {
  await refreshOwnTexts(db.sql)
  const report = await reRead(checks, signal)
  if (report === null) return
  const { examples: _examples, ...counts } = report
  log.info({ jobId: id, ...counts }, 'stored scans were read again')
}

/** Seals what was entered in the audit log since the last time. */
const auditSealJob: Handler<'audit-seal'> = async ({ db, clock, log }, { id, signal }) => {
  const sealed = await sealAudit({ db, clock }, signal)
  if (sealed > 0) log.debug({ jobId: id, sealed }, 'audit log sealed')
}

const foldedAtOnce = 20_000

const freshnessEveryMs = 5 * 60_000

/** Adds up what writers left since the last time, so that who reads the counts has little to add; now and then, how fresh the parcels are. */
const foldCountsJob: Handler<'fold-counts'> = async (deps, job) => {
  const { db, clock, log } = deps
  let folded = 0
  for (let some = foldedAtOnce; some === foldedAtOnce && !job.signal.aborted; folded += some)
    some = await foldCounts(db.sql, foldedAtOnce)
  if (folded > 0) log.debug({ jobId: job.id, folded }, 'counts of parcels folded')
  const { cacheTtlMs } = deps.settingsOf(null)
  const own = [...deps.ownSettings()].filter(([, settings]) => settings.cacheTtlMs !== cacheTtlMs)
  const ownCacheTtls = new Map(own.map(([shop, settings]) => [shop, settings.cacheTtlMs]))
  await countFreshness(db.sql, {
    ...{ now: await clock(db.sql), cacheTtlMs, ownCacheTtls },
    everyMs: freshnessEveryMs,
  })
}

/** Has what a shop's parcels wait for follow its settings, as they are in the database now. */
export const rePlanJob: Handler<'re-plan'> = async (deps, { id, payload: { organizationId }, signal }) => {
  await deps.refreshSettings()
  const moved = await rePlan(deps, { organizationId, settings: deps.settingsOf(organizationId), signal })
  deps.log.info({ jobId: id, organizationId, moved }, 'what is scheduled follows the changed settings')
}

/** Brings an account's parcels up to what EasyParcel lists of it; what the gate refuses is left to a later run. */
const accountSyncJob: Handler<'account-sync'> = async ({ config, syncs, log }, { id, payload, signal }) => {
  if (!config.sync.enabled) return
  const { connectionId } = payload
  const report = await syncAccount(syncs, { connectionId, signal })
  if (report.pages + report.parcels + report.details > 0)
    log.info({ jobId: id, connectionId, ...report }, 'account synced')
}

/** Which job does the duty of which queue. */
export const jobs: { [Name in QueueName]: Handler<Name> } = {
  'account-sync': accountSyncJob,
  'audit-seal': auditSealJob,
  'check-due': checkDueJob,
  'clean-up': cleanUpJob,
  'daily-report': dailyReportJob,
  'fold-counts': foldCountsJob,
  maintenance: maintenanceJob,
  're-plan': rePlanJob,
  're-read': reReadJob,
}
