import { listMigrationRuns } from '@jejak/db'
import type { MigratingDeps } from './migrating-deps.ts'
import type { MigrationReport } from './migration-report.ts'

/** A run as it is told. `state`: one that is open was cut off or is still going on. */
export type MigrationView = {
  run: string
  mapping: string
  source: 'postgres' | 'csv'
  state: 'open' | 'finished' | 'undone'
  batches: number
  startedAt: string
  savedAt: string
  report: MigrationReport
}

const runsMax = 100

/** The last runs of a shop, the newest first. */
export const listMigrations = async (
  { db }: Pick<MigratingDeps, 'db'>,
  organizationId: string,
): Promise<MigrationView[]> => {
  const runs = await listMigrationRuns(db.ofShop(organizationId).sql, runsMax)
  return runs.map((run) => ({
    ...{ run: run.id, mapping: run.mappingName, source: run.sourceKind, batches: run.batches },
    state: run.undoneAt ? 'undone' : run.finishedAt ? 'finished' : 'open',
    ...{ startedAt: run.startedAt.toISOString(), savedAt: run.savedAt.toISOString() },
    report: run.report as MigrationReport,
  }))
}
