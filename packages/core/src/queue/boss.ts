import { sessionAs, type Way } from '@jejak/db'
import type { PgBoss } from 'pg-boss'
import type { Boss } from './enqueue.ts'
import type { JobFinder } from './find-job.ts'
import type { JobCanceller } from './manage-jobs.ts'
import { queueNames, queues } from './queues.ts'

export type BossOptions = Pick<Way, 'url' | 'as'> & {
  poolMax: number
  applicationName: string
  /** Longest wait for an answer of the database; a connection that is silent for longer is replaced. Absent: no end, for migrations. */
  statementTimeoutMs?: number
  /** `work` runs jobs and looks after the queue; `send` only enqueues and expects the schema to be there. */
  role: 'work' | 'send'
  onError: (error: Error) => void
}

/** The error listener comes first: without one, the first background error would end the process. */
const createBoss = async (options: BossOptions): Promise<PgBoss> => {
  const { url, as, poolMax, applicationName, statementTimeoutMs, role, onError } = options
  const { PgBoss } = await import('pg-boss')
  // The queue hands these to its connections, though its types do not know them.
  const ofConnections: object = {
    ...{ keepAlive: true, query_timeout: statementTimeoutMs },
    ...sessionAs(as, { isPooled: false }),
  }
  const boss = new PgBoss({
    ...ofConnections,
    connectionString: url,
    max: poolMax,
    application_name: applicationName,
    migrate: role === 'work',
    supervise: role === 'work',
    schedule: false,
    monitorIntervalSeconds: 15,
    superviseIntervalSeconds: 15,
  })
  boss.on('error', onError)
  return boss
}

/** A started queue; one that cannot start leaves nothing open. */
export const startBoss = async (options: BossOptions): Promise<PgBoss> => {
  const boss = await createBoss(options)
  try {
    await boss.start()
    if (options.role === 'work') await createQueues(boss)
    return boss
  } catch (error) {
    await boss.stop({ graceful: false, close: true }).catch(options.onError)
    throw error
  }
}

/** A way to send jobs that starts when it is first used: who only reads parcels needs no queue. A start that fails is tried again. */
export const openSender = (
  options: Omit<BossOptions, 'role'>,
): Boss & JobFinder & JobCanceller & { stop: () => Promise<void> } => {
  let created: Promise<PgBoss> | undefined
  const started = async () => {
    created ??= createBoss({ ...options, role: 'send' })
    return (await created).start()
  }
  return {
    send: (async (...job: Parameters<PgBoss['send']>) => (await started()).send(...job)) as PgBoss['send'],
    findJobs: async (...asked) => (await started()).findJobs(...asked),
    cancel: async (...asked) => (await started()).cancel(...asked),
    stop: async () => (await created)?.stop({ graceful: true, close: true, timeout: 1_000 }),
  }
}

/** Creates the queues and brings the options of existing ones up to date; policies never change. */
export const createQueues = async (boss: PgBoss): Promise<void> => {
  for (const name of queueNames) {
    const { policy, ...changeable } = queues[name].options
    await boss.createQueue(name, { policy, ...changeable })
    await boss.updateQueue(name, changeable)
  }
}

/** Creates or migrates the queue's schema and queues, then lets go: run once before any process starts. */
export const migrateQueue = async (url: string): Promise<void> => {
  let failure: Error | undefined
  const boss = await startBoss({
    url,
    as: 'owner',
    poolMax: 2,
    applicationName: 'jejak-migrate',
    role: 'work',
    onError: (error) => {
      failure = error
    },
  })
  await boss.stop({ graceful: true, close: true, timeout: 5_000 })
  if (failure) throw failure
}

/** Removes every job of every queue. */
export const clearQueues = async (url: string): Promise<void> => {
  const boss = await startBoss({
    ...{ url, as: 'owner', poolMax: 1, applicationName: 'jejak-cli-queue', role: 'send' },
    onError: () => {},
  })
  await boss.deleteAllJobs()
  await boss.stop({ graceful: true, close: true, timeout: 1_000 })
}
