import { readBatches } from './batches.ts'
import { createForecast, findKnown } from './known-numbers.ts'
import type { Migrating, MigratingDeps } from './migrating-deps.ts'
import { countNumber, emptyReport, type MigrationReport } from './migration-report.ts'

/** Says what a run would do, and writes nothing. */
export const previewMigration = async (
  deps: Pick<MigratingDeps, 'db' | 'clock'>,
  migrating: Migrating,
): Promise<MigrationReport> => {
  const { mapping, source, rowsMax, deleteMs, signal, onProgress } = migrating
  const { sql, transaction } = deps.db.ofShop(migrating.organizationId)
  const now = await deps.clock(sql)
  const report = emptyReport()
  const forecast = createForecast(now)
  for await (const { parcels } of readBatches(source, { mapping, now, deleteMs, rowsMax, report, behind: null })) {
    signal.throwIfAborted()
    const known = await transaction((tx) => findKnown(tx, parcels))
    for (const parcel of parcels)
      countNumber(report, { outcome: forecast(parcel, known), isEnded: parcel.end !== null })
    onProgress(report)
  }
  return report
}
