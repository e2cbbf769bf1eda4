import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '@jejak/config'
import { type Clock, type Db, readClock } from '@jejak/db'
import type { Logger } from 'pino'
import { workerActor } from '../../actor.ts'
import { createEasyParcelOf } from '../../easyparcel/index.ts'
import type { SecretKeys } from '../../secrets/derive-key.ts'
import type { KnownSettings } from '../../settings/settings-in-force.ts'
import type { CheckDeps } from './check-deps.ts'
import { createScanMemory } from './scan-memory.ts'

/** The check flow as a process runs it: the database's clock, real sleep, EasyParcel as configured. */
export const createCheckDeps = (
  deps: KnownSettings & {
    db: Db
    config: Config
    installation: { isDemo: boolean; secretKeys: SecretKeys }
    log: Logger
    now: () => Date
    clock?: Clock
  },
): CheckDeps => {
  const { db, config, settingsOf, ownSettings, installation, log, now, clock = readClock } = deps
  return {
    actor: workerActor,
    db,
    easyParcelOf: createEasyParcelOf({ sql: db.sql, config, secretKeys: installation.secretKeys, now }),
    settingsOf,
    ownSettings,
    scanMemory: createScanMemory(),
    isDemo: installation.isDemo,
    log,
    clock,
    now,
    sleep: async (ms, signal) => {
      await pause(ms, undefined, { signal }).catch(() => undefined)
    },
  }
}
