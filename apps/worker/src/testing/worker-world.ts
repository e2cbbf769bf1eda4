import { startBoss } from '@jejak/core/queue'
import { createSettings } from '@jejak/core/settings'
import { createSyncDeps } from '@jejak/core/syncing'
import { type CheckWorld, type CheckWorldOptions, createCheckWorld } from '@jejak/core/testing'
import type { PgBoss } from 'pg-boss'
import pino from 'pino'
import type { WorkerDeps } from '../deps.ts'

/** A check world with a real queue in its database and what the worker's jobs work with. */
export type WorkerWorld = CheckWorld & {
  boss: PgBoss
  deps: WorkerDeps
  /** What was logged so far. */
  logged: Record<string, unknown>[]
  /** How often a good run was told. */
  heartbeats: () => number
}

export const createWorkerWorld = async (options: CheckWorldOptions = {}): Promise<WorkerWorld> => {
  const world = await createCheckWorld(options)
  const onError = (error: Error) => logged.push({ err: error })
  const boss = await startBoss({
    as: 'owner',
    url: world.databaseUrl,
    poolMax: 4,
    applicationName: 'jejak-test-queue',
    role: 'work',
    onError,
  })
  const logged: Record<string, unknown>[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) })
  let heartbeats = 0
  const checks = world.process()
  return {
    ...world,
    boss,
    logged,
    heartbeats: () => heartbeats,
    deps: {
      ...createSettings({ sql: world.db.sql, config: world.config, log }),
      config: world.config,
      db: world.db,
      checks,
      syncs: createSyncDeps({ ...world, checks, boss }),
      log,
      clock: async () => world.clock.now(),
      now: world.clock.now,
      heartbeat: () => {
        heartbeats += 1
      },
    },
    close: async () => {
      await boss.stop({ graceful: true, close: true, timeout: 5_000 })
      await world.close()
    },
  }
}

/** A job that no one stops. */
export const aJob = { id: '00000000-0000-0000-0000-000000000000', payload: {}, signal: new AbortController().signal }
