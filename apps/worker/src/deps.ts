import type { Config } from '@jejak/config'
import type { CheckDeps } from '@jejak/core/checking'
import type { Payload, QueueName } from '@jejak/core/queue'
import type { SettingsInForce } from '@jejak/core/settings'
import type { SyncDeps } from '@jejak/core/syncing'
import type { Clock, Db } from '@jejak/db'
import type { Logger } from 'pino'

/** What the worker's jobs work with. */
export type WorkerDeps = SettingsInForce & {
  config: Config
  db: Db
  checks: CheckDeps
  syncs: SyncDeps
  log: Logger
  /** The database's; `now` is this process's own. */
  clock: Clock
  now: () => Date
  /** Told after every check run in which nothing failed, and by a regular tick that finds everything checked. */
  heartbeat: () => void
}

type JobRun<Name extends QueueName = QueueName> = { id: string; payload: Payload<Name>; signal: AbortSignal }
/** What does one job of a queue. */
export type Handler<Name extends QueueName> = (deps: WorkerDeps, job: JobRun<Name>) => Promise<void>
