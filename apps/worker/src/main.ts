import type { Config } from '@jejak/config'
import { createCheckDeps } from '@jejak/core/checking'
import { createCounters, storeCounters } from '@jejak/core/counting'
import { type Installation, prepareInstallation } from '@jejak/core/installing'
import { enqueue, startBoss } from '@jejak/core/queue'
import { createSettings, followChanges } from '@jejak/core/settings'
import { createSyncDeps } from '@jejak/core/syncing'
import { refreshOwnTexts } from '@jejak/core/texts'
import { connect, type Db, readClock } from '@jejak/db'
import { databaseWays, listenProblem, runProcess, type Start } from '@jejak/process'
import type { Logger } from 'pino'
import ours from '../package.json' with { type: 'json' }
import { startHandlers } from './handlers.ts'
import { startHealth } from './health.ts'
import { createHeartbeat } from './heartbeat.ts'
import { startSchedule } from './schedule.ts'

const now = () => new Date()

const start: Start = async (config, log, opened) => {
  const onError = (error: Error) => log.error({ err: error }, 'a database connection failed')
  const { usual, direct } = databaseWays(config)
  const { database } = config
  const db = connect({
    ...{ ...database, ...usual('worker'), poolMax: database.workerPoolMax, applicationName: 'jejak-worker', onError },
  })
  opened.defer(() => db.close())
  const installation = await prepareInstallation(db, config)
  const deps = workerDeps(config, db, installation, log)
  const refresh = () => Promise.all([deps.refreshSettings(), refreshOwnTexts(db.sql)])
  await refresh()
  opened.defer(followChanges({ refresh, log }))
  opened.defer(storeCounters({ ...deps, counters: createCounters(), role: 'worker', version: ours.version }))
  const health = await startHealth(config.worker, deps).catch(
    listenProblem('WORKER_HEALTH_HOST', config.worker.healthHost),
  )
  opened.defer(() => void health?.close())
  const boss = await startBoss({
    // The queue's own tables are looked after by their owner.
    ...{ ...database, ...direct('owner'), poolMax: database.queuePoolMax, applicationName: 'jejak-worker-queue' },
    onError,
    role: 'work',
  })
  opened.defer(() => boss.stop({ graceful: true, close: true, timeout: config.worker.shutdownTimeoutMs }))
  const stopping = new AbortController()
  opened.defer(() => stopping.abort())
  const syncs = createSyncDeps({ ...deps, boss, installation })
  await startHandlers({ ...deps, syncs }, { boss, stopping: stopping.signal })
  // Rules may have changed with this release; the job looks.
  await enqueue(boss, { name: 're-read', payload: {} })
  opened.defer(startSchedule({ ...deps, boss }))
  log.info({ pid: process.pid, demo: installation.isDemo }, 'worker started')
}

const workerDeps = (config: Config, db: Db, installation: Installation, log: Logger) => {
  const settings = createSettings({ sql: db.sql, config, log })
  return {
    ...settings,
    config,
    db,
    log,
    now,
    clock: readClock,
    checks: createCheckDeps({ ...settings, db, config, installation, log, now }),
    heartbeat: createHeartbeat(config.worker.heartbeatUrl?.reveal(), log),
  }
}

await runProcess('worker', start)
