import type { Clock, Db } from '@jejak/db'
import type { Logger } from 'pino'
import type { Actor } from '../../actor.ts'
import type { EasyParcelClient } from '../../easyparcel/client/easyparcel-client.ts'
import type { KnownSettings } from '../../settings/settings-in-force.ts'
import type { ScanMemory } from './scan-memory.ts'

/** What the check flow works with. Settings are asked for at each decision, since a shop may change them at any time. `clock` decides, `now` is the process's own clock, which must agree with it. */
export type CheckDeps = KnownSettings & {
  actor: Actor
  db: Db
  easyParcelOf: (connectionId: string) => EasyParcelClient
  scanMemory: ScanMemory
  isDemo: boolean
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  clock: Clock
  now: () => Date
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
}
