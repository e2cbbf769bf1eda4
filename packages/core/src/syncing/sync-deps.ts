import type { Config } from '@jejak/config'
import type { CheckDeps } from '../checking/call/check-deps.ts'
import type { Boss } from '../queue/index.ts'
import { deriveContactKeys } from '../registering/contact-hash.ts'
import type { RegisteringDeps } from '../registering/registering-deps.ts'
import type { SecretKeys } from '../secrets/derive-key.ts'

/** What the account sync works with: calls go through the same gate as checks. */
export type SyncDeps = {
  checks: CheckDeps
  registering: Pick<RegisteringDeps, 'boss' | 'contactKeys' | 'isDemo' | 'registerDelayMs'>
  sync: Config['sync']
}

/** The account that a run works on; `runningUntil` is its lease, by which others know that someone does. */
export type SyncRun = {
  connectionId: string
  organizationId: string
  runningUntil: Date
  signal: AbortSignal
}

type Made = {
  checks: CheckDeps
  boss: Boss
  config: Pick<Config, 'sync' | 'tracking'>
  installation: { isDemo: boolean; secretKeys: SecretKeys }
}

/** The sync as a process runs it. */
export const createSyncDeps = ({ checks, boss, config, installation }: Made): SyncDeps => ({
  checks,
  sync: config.sync,
  registering: {
    boss,
    contactKeys: deriveContactKeys(installation.secretKeys),
    isDemo: installation.isDemo,
    registerDelayMs: config.tracking.registerDelayMs,
  },
})
