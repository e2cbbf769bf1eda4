import type { Config } from '@jejak/config'
import { deriveLinkKey, deriveLookupKey } from '@jejak/core/buyers'
import { InstallationError, prepareInstallation } from '@jejak/core/installing'
import { openSender } from '@jejak/core/queue'
import { deriveContactKey } from '@jejak/core/registering'
import { connect, type DbOptions, listenForChanges, openReads, type ReplicaState, readClock } from '@jejak/db'
import { listenProblem, runProcess, type Start } from '@jejak/process'
import type { Logger } from 'pino'

const now = () => new Date()

const start: Start = async (config, log, opened) => {
  const onError = (err: Error) => log.error({ err }, 'a database connection failed')
  const url = config.database.url?.reveal()
  if (url === undefined)
    throw new InstallationError('DATABASE_URL is not set: run `npm start` for a database of its own.')
  const db = connect(poolOptions(config, url, onError))
  opened.defer(() => db.close())
  const boss = openSender({
    url: config.database.directUrl?.reveal() ?? url,
    poolMax: config.database.queuePoolMax,
    applicationName: 'jejak-api-queue',
    queryTimeoutMs: config.database.statementTimeoutMs,
    onError,
  })
  opened.defer(() => boss.stop())
  // The routes are loaded while the database answers.
  const [{ isDemo, secretKey }, { buildApp }] = await Promise.all([prepareInstallation(db, config), import('./app.ts')])
  const reads = openReads({
    ...poolOptions(config, url, onError),
    poolMax: config.database.readPoolMax,
    applicationName: 'jejak-api-reads',
    replicaUrl: config.database.readUrl?.reveal(),
    timeoutMs: config.database.readTimeoutMs,
    lagMaxMs: config.database.replicaLagMaxMs,
    now,
    onReplica: noteReplica(log),
  })
  opened.defer(() => reads.close())
  const app = await buildApp({
    config,
    db,
    reads: reads.sql,
    listenForChanges: (handlers) => listenForChanges({ ...listenOptions(config, url, onError), ...handlers }),
    boss,
    log,
    now,
    clock: readClock,
    isDemo,
    contactKey: deriveContactKey(secretKey),
    lookupKey: deriveLookupKey(secretKey),
    linkKey: deriveLinkKey(secretKey),
  })
  opened.defer(() => app.close())
  const { host, port } = config.http
  await app.listen({ host, port }).catch(listenProblem('HOST', host))
  log.info({ pid: process.pid, port, demo: isDemo }, 'api started')
}

const poolOptions = ({ database }: Config, url: string, onError: DbOptions['onError']): DbOptions => ({
  url,
  poolMax: database.apiPoolMax,
  statementTimeoutMs: database.statementTimeoutMs,
  connectTimeoutMs: database.connectTimeoutMs,
  applicationName: 'jejak-api',
  onError,
})

const noteReplica = (log: Logger) => (state: ReplicaState) => {
  if (state === 'current') log.info('public reads come from the replica')
  else log.warn({ replica: state }, 'public reads come from the primary: the replica cannot be trusted now')
}

const listenOptions = ({ database }: Config, url: string, onError: DbOptions['onError']) => ({
  url: database.directUrl?.reveal() ?? url,
  applicationName: 'jejak-api-changes',
  connectTimeoutMs: database.connectTimeoutMs,
  probeMs: 15_000,
  onError,
})

await runProcess('api', start)
