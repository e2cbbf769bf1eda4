import { promisify } from 'node:util'
import { createCounters, storeCounters } from '@jejak/core/counting'
import { prepareInstallation } from '@jejak/core/installing'
import { createSettings, followChanges } from '@jejak/core/settings'
import { refreshOwnTexts } from '@jejak/core/texts'
import { readClock } from '@jejak/db'
import { listenProblem, runProcess, type Start } from '@jejak/process'
import ours from '../package.json' with { type: 'json' }
import { keysOf } from './keys-of.ts'
import { openPools } from './pools.ts'

const { version } = ours
const now = () => new Date()

const start: Start = async (config, log, opened) => {
  const counters = createCounters()
  const pools = openPools({ config, log, now })
  opened.defer(() => pools.close())
  // The routes are loaded while the database answers.
  const [{ isDemo, secretKeys }, { buildApp }] = await Promise.all([
    prepareInstallation(pools.operatorDb, config),
    import('./app.ts'),
  ])
  const settings = createSettings({ sql: pools.operatorDb.sql, config, log })
  const refresh = () => Promise.all([settings.refreshSettings(), refreshOwnTexts(pools.operatorDb.sql)])
  await refresh()
  opened.defer(followChanges({ refresh, log }))
  const app = await buildApp({
    ...pools,
    ...settings,
    config,
    log,
    counters,
    now,
    clock: readClock,
    isDemo,
    ...keysOf(secretKeys),
  })
  const connections = () => promisify(app.server.getConnections.bind(app.server))()
  opened.defer(
    storeCounters({ ...{ db: pools.operatorDb, clock: readClock, log, counters, connections, version }, role: 'api' }),
  )
  opened.defer(() => app.close())
  const { host, port } = config.http
  await app.listen({ host, port }).catch(listenProblem('HOST', host))
  log.info({ pid: process.pid, port, demo: isDemo }, 'api started')
}

await runProcess('api', start)
