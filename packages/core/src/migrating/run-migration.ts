import {
  analyzeNewTables,
  findMigrationRun,
  findOpenMigrationRun,
  finishMigrationRun,
  insertMigrationBatch,
  insertMigrationRun,
  type ShopTx,
  saveMigrationRun,
} from '@jejak/db'
import { recordAct } from '../audit/index.ts'
import { conflict } from '../errors.ts'
import { type Batch, readBatches } from './batches.ts'
import { bringBatch } from './bring-batch.ts'
import type { Migrating, MigratingDeps } from './migrating-deps.ts'
import { emptyReport, keptReport, type MigrationReport } from './migration-report.ts'

/** A run that goes on: `position` is where its last batch ended. */
type Run = { id: string; position: string | null; report: MigrationReport; isContinued: boolean }

export type MigrationDone = { run: string; isContinued: boolean; report: MigrationReport }

/**
 * Brings the rows of another system to a shop, batch by batch. Each batch and how far the run has come are one transaction: a run that was cut off goes
 * on where it was, and no row is taken in twice. Numbers that are here stay as they are; they only get what they lack.
 */
export const runMigration = async (deps: MigratingDeps, migrating: Migrating): Promise<MigrationDone> => {
  const { mapping, source, rowsMax, deleteMs, signal, onProgress } = migrating
  const shop = deps.db.ofShop(migrating.organizationId)
  const run = await shop.transaction(async (tx) => beginRun(tx, { ...migrating, now: await deps.clock(tx) }))
  const { report } = run
  const now = await deps.clock(shop.sql)
  let before = run.position
  for await (const batch of readBatches(source, { mapping, now, deleteMs, rowsMax, report, behind: before })) {
    signal.throwIfAborted()
    await shop.transaction((tx) => saveBatch(deps, { tx, migrating, run, batch, before }))
    await analyzeNewTables(shop.sql, batch.parcels.length)
    before = batch.position
    onProgress(report)
  }
  await shop.transaction(async (tx) => finishRun(tx, { ...migrating, run, now: await deps.clock(tx) }))
  return { run: run.id, isContinued: run.isContinued, report }
}

type At = { now: Date }

const beginRun = async (tx: ShopTx, { actor, mapping, source, now }: Migrating & At): Promise<Run> => {
  const open = await findOpenMigrationRun(tx, mapping.hash)
  const goesOn = open?.sourceHash === source.hash ? open : undefined
  const report = (goesOn?.report as MigrationReport | undefined) ?? emptyReport()
  const id =
    goesOn?.id ??
    (await insertMigrationRun(tx, {
      ...{ mappingName: mapping.name, mappingHash: mapping.hash, sourceKind: source.kind, sourceHash: source.hash },
      ...{ report, now },
    }))
  const object = `migration:${id}`
  const detail = goesOn ? `continued after ${report.rows} rows` : `${source.kind}, about ${source.rows} rows`
  await recordAct(tx, { act: 'migration.started', actor, organizationId: tx.organizationId, object, detail, now })
  return { id, report, position: goesOn?.position ?? null, isContinued: goesOn !== undefined }
}

type Saving = { tx: ShopTx; migrating: Migrating; run: Run; batch: Batch; before: string | null }

const saveBatch = async (deps: MigratingDeps, { tx, migrating, run, batch, before }: Saving): Promise<void> => {
  const stored = await findMigrationRun(tx, { id: run.id, lock: true })
  if (!stored || stored.finishedAt || stored.undoneAt || stored.position !== before)
    throw conflict(`Run ${run.id} is continued by another process, or was taken back: nothing more was brought along.`)
  const { report } = run
  const now = await deps.clock(tx)
  const made = await bringBatch(deps, { tx, migrating, runId: run.id, parcels: batch.parcels, report, now })
  if (made.created.length + made.orders.length + made.contacts.length > 0)
    await insertMigrationBatch(tx, { runId: run.id, made, now })
  await saveMigrationRun(tx, { runId: run.id, position: batch.position, report: keptReport(report), now })
}

const finishRun = async (tx: ShopTx, { actor, run, now }: Migrating & At & { run: Run }): Promise<void> => {
  const { id, report } = run
  await finishMigrationRun(tx, { runId: id, now })
  const detail = `rows ${report.rows}, new ${report.created}, joined ${report.joined}, here already ${report.here}, unreadable ${report.unreadable}`
  const { organizationId } = tx
  await recordAct(tx, { act: 'migration.finished', actor, organizationId, object: `migration:${id}`, detail, now })
}
