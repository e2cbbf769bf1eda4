import { prepareInstallation } from '@jejak/core/installing'
import { readClock } from '@jejak/db'
import { listenProblem, runProcess, type Start } from '@jejak/process'
import { keysOf } from './keys-of.ts'
import { openPools } from './pools.ts'

const now = () => new Date()

const start: Start = async (config, log, opened) => {
  const pools = openPools({ config, log, now })
  opened.defer(() => pools.close())
  // The routes are loaded while the database answers.
  const [{ isDemo, secretKeys }, { buildApp }] = await Promise.all([
    prepareInstallation(pools.operatorDb, config),
    import('./app.ts'),
  ])
  const app = await buildApp({
    ...pools,
    config,
    log,
    now,
    clock: readClock,
    isDemo,
    ...keysOf(secretKeys),
  })
  opened.defer(() => app.close())
  const { host, port } = config.http
  await app.listen({ host, port }).catch(listenProblem('HOST', host))
  log.info({ pid: process.pid, port, demo: isDemo }, 'api started')
}

await runProcess('api', start)
