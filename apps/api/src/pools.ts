import type { Config } from '@jejak/config'
import { openSender } from '@jejak/core/queue'
import { type ChangeHandlers, connect, listenForChanges, openReads, type ReplicaState } from '@jejak/db'
import { databaseWays } from '@jejak/process'
import type { Logger } from 'pino'

type PoolDeps = { config: Config; log: Logger; now: () => Date }

// For operators and health, and for the start.
const operatorPoolMax = 2

/** The ways of the API to its database, each as the role of the fence that its work needs; the first use of each connects. */
export const openPools = ({ config, log, now }: PoolDeps) => {
  const { database } = config
  const onError = (err: Error) => log.error({ err }, 'a database connection failed')
  const { usual, direct, replica } = databaseWays(config)
  const shared = { ...database, poolMax: database.apiPoolMax, onError }
  const db = connect({ ...shared, ...usual('shop'), applicationName: 'jejak-api' })
  const accessDb = connect({ ...shared, ...usual('access'), applicationName: 'jejak-api-access' })
  const lookupDb = connect({ ...shared, ...usual('lookup'), applicationName: 'jejak-api-lookup' })
  const operatorDb = connect({
    ...{ ...shared, ...usual('worker'), poolMax: operatorPoolMax, applicationName: 'jejak-api-operator' },
  })
  const reads = openReads({
    ...{ ...shared, ...usual('public'), poolMax: database.readPoolMax, applicationName: 'jejak-api-reads' },
    replica,
    timeoutMs: database.readTimeoutMs,
    lagMaxMs: database.replicaLagMaxMs,
    now,
    onReplica: noteReplica(log),
  })
  const boss = openSender({
    ...{ ...shared, ...direct('shop'), poolMax: database.queuePoolMax, applicationName: 'jejak-api-queue' },
  })
  return {
    db,
    accessDb,
    lookupDb,
    operatorDb,
    reads: reads.sql,
    boss,
    listenForChanges: (handlers: ChangeHandlers) =>
      listenForChanges({
        ...{ ...shared, ...direct('public'), applicationName: 'jejak-api-changes', probeMs: 15_000, ...handlers },
      }),
    close: async () => {
      await boss.stop()
      await reads.close()
      await Promise.all([db, accessDb, lookupDb, operatorDb].map((each) => each.close()))
    },
  }
}

const noteReplica = (log: Logger) => (state: ReplicaState) => {
  if (state === 'current') log.info('public reads come from the replica')
  else log.warn({ replica: state }, 'public reads come from the primary: the replica is not reliable now')
}
