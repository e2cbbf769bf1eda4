import type { Actor } from '../actor.ts'
import type { Calendar } from '../checking/schedule/calendar.ts'
import type { CheckingSettings } from '../checking/settings.ts'
import type { RegisteringDeps } from '../registering/index.ts'
import type { Mapping } from './mapping.ts'
import type { MigrationReport } from './migration-report.ts'
import type { Source } from './source.ts'

/** What bringing old data along works with; each batch opens its own transaction. */
export type MigratingDeps = RegisteringDeps & { settings: CheckingSettings; calendar: Calendar }

/** Which rows come to which shop, and how. `deleteMs`: how long after its end a parcel is kept here. */
export type Migrating = {
  actor: Actor
  organizationId: string
  connectionId: string
  mapping: Mapping
  source: Source
  rowsMax: number
  deleteMs: number
  signal: AbortSignal
  onProgress: (report: MigrationReport) => void
}
