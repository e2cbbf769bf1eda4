import type { Clock, Db } from '@jejak/db'
import type { Logger } from 'pino'
import type { CourierSource } from '../easyparcel/courier-source.ts'
import type { Calendar } from './calendar.ts'
import type { ClaimPass } from './claim-order.ts'
import type { ScanMemory } from './scan-memory.ts'
import type { CheckingSettings } from './settings.ts'

/**
 * What the check flow works with. `passes` is `claimPasses(settings.batchSize)`, made once; `clock` decides, `now` is the process's own clock,
 * which must agree with it.
 */
export type CheckDeps = {
  db: Db
  courierOf: (connectionId: string) => CourierSource
  settings: CheckingSettings
  calendar: Calendar
  passes: readonly ClaimPass[]
  scanMemory: ScanMemory
  isDemo: boolean
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  clock: Clock
  now: () => Date
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
}
