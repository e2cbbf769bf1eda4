import { PgBoss } from 'pg-boss'
import { queueNames, queues } from './queues.ts'

export type BossOptions = {
  url: string
  poolMax: number
  applicationName: string
  /** `work` runs jobs and looks after the queue; `send` only enqueues and expects the schema to be there. */
  role: 'work' | 'send'
  onError: (error: Error) => void
}

/** A started queue. The error listener comes first: without one, the first background error would end the process. */
export const startBoss = async ({ url, poolMax, applicationName, role, onError }: BossOptions): Promise<PgBoss> => {
  const boss = new PgBoss({
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
  await boss.start()
  if (role === 'work') await createQueues(boss)
  return boss
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
  const boss = await startBoss({ url, poolMax: 1, applicationName: 'jejak-cli-queue', role: 'send', onError: () => {} })
  await boss.deleteAllJobs()
  await boss.stop({ graceful: true, close: true, timeout: 1_000 })
}
