import type { Clock, Db } from '@jejak/db'
import type { Logger } from 'pino'
import type { Actor } from '../../actor.ts'
import type { EasyParcelClient } from '../../easyparcel/client/easyparcel-client.ts'
import type { Calendar } from '../schedule/calendar.ts'
import type { CheckingSettings } from '../settings.ts'
import type { ScanMemory } from './scan-memory.ts'

/** What the check flow works with. `clock` decides, `now` is the process's own clock, which must agree with it. */
export type CheckDeps = {
  actor: Actor
  db: Db
  easyParcelOf: (connectionId: string) => EasyParcelClient
  settings: CheckingSettings
  calendar: Calendar
  scanMemory: ScanMemory
  isDemo: boolean
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  clock: Clock
  now: () => Date
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
}
