import { createTotpSealer, deriveAccessKeys } from '@jejak/core/access'
import { deriveLinkKeys, deriveLookupKey } from '@jejak/core/buyers'
import { prepareInstallation } from '@jejak/core/installing'
import { derivePrivacyKeys } from '@jejak/core/privacy'
import { deriveContactKeys } from '@jejak/core/registering'
import { readClock } from '@jejak/db'
import { listenProblem, runProcess, type Start } from '@jejak/process'
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
    contactKeys: deriveContactKeys(secretKeys),
    lookupKey: deriveLookupKey(secretKeys),
    accessKeys: deriveAccessKeys(secretKeys),
    totpSealer: createTotpSealer(secretKeys),
    linkKeys: deriveLinkKeys(secretKeys),
    privacyKeys: derivePrivacyKeys(secretKeys),
  })
  opened.defer(() => app.close())
  const { host, port } = config.http
  await app.listen({ host, port }).catch(listenProblem('HOST', host))
  log.info({ pid: process.pid, port, demo: isDemo }, 'api started')
}

await runProcess('api', start)
