import { createTotpSealer, deriveAccessKeys } from '@jejak/core/access'
import { deriveLinkKeys, deriveLookupKey } from '@jejak/core/buyers'
import { prepareInstallation } from '@jejak/core/installing'
import { derivePrivacyKeys } from '@jejak/core/privacy'
import { openSender } from '@jejak/core/queue'
import { deriveContactKeys } from '@jejak/core/registering'
import { connect, listenForChanges, openReads, type ReplicaState, readClock } from '@jejak/db'
import { databaseUrls, listenProblem, runProcess, type Start } from '@jejak/process'
import type { Logger } from 'pino'

const now = () => new Date()

const start: Start = async (config, log, opened) => {
  const onError = (err: Error) => log.error({ err }, 'a database connection failed')
  const { database } = config
  const { url, directUrl } = databaseUrls(config)
  const shared = { ...database, url, poolMax: database.apiPoolMax, applicationName: 'jejak-api', onError }
  const direct = { ...shared, url: directUrl }
  const db = connect(shared)
  opened.defer(() => db.close())
  const boss = openSender({ ...direct, poolMax: database.queuePoolMax, applicationName: 'jejak-api-queue' })
  opened.defer(() => boss.stop())
  // The routes are loaded while the database answers.
  const [{ isDemo, secretKeys }, { buildApp }] = await Promise.all([
    prepareInstallation(db, config),
    import('./app.ts'),
  ])
  const reads = openReads({
    ...{ ...shared, poolMax: database.readPoolMax, applicationName: 'jejak-api-reads' },
    replicaUrl: database.readUrl?.reveal(),
    timeoutMs: database.readTimeoutMs,
    lagMaxMs: database.replicaLagMaxMs,
    now,
    onReplica: noteReplica(log),
  })
  opened.defer(() => reads.close())
  const app = await buildApp({
    config,
    db,
    reads: reads.sql,
    listenForChanges: (handlers) =>
      listenForChanges({ ...direct, applicationName: 'jejak-api-changes', probeMs: 15_000, ...handlers }),
    boss,
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

const noteReplica = (log: Logger) => (state: ReplicaState) => {
  if (state === 'current') log.info('public reads come from the replica')
  else log.warn({ replica: state }, 'public reads come from the primary: the replica is not reliable now')
}

await runProcess('api', start)
