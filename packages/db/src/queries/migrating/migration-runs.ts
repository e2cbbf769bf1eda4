import { row, rows, run, type ShopSql, type ShopTx } from '../../sql.ts'

/** What a batch gave an order that had none of it. `key`: the name of the key that made the hashes, too. */
export type GivenContact = { orderId: string; email: boolean; phone: boolean; key: boolean }

/** What one batch made: the parcels that it registered, and what it added to others. */
export type MadeByBatch = {
  created: readonly string[]
  orders: readonly string[]
  contacts: readonly GivenContact[]
}

export type MigrationRunRow = {
  id: string
  mappingName: string
  mappingHash: string
  sourceKind: 'postgres' | 'csv'
  sourceHash: string
  position: string | null
  batches: number
  report: unknown
  startedAt: Date
  savedAt: Date
  finishedAt: Date | null
  undoneAt: Date | null
}

type NewRun = Pick<MigrationRunRow, 'mappingName' | 'mappingHash' | 'sourceKind' | 'sourceHash' | 'report'>

const runColumns = `id, mapping_name as "mappingName", mapping_hash as "mappingHash", source_kind as "sourceKind", source_hash as "sourceHash",
  position, batches, report, started_at as "startedAt", saved_at as "savedAt", finished_at as "finishedAt", undone_at as "undoneAt"`

export const insertMigrationRun = async (tx: ShopTx, { now, ...asked }: NewRun & { now: Date }): Promise<string> =>
  (await row<{ id: string }>(tx, {
    text: `insert into migration_runs (organization_id, mapping_name, mapping_hash, source_kind, source_hash, report, started_at, saved_at)
           values ($1, $2, $3, $4, $5, $6, $7, $7) returning id`,
    values: [
      ...[tx.organizationId, asked.mappingName, asked.mappingHash, asked.sourceKind, asked.sourceHash],
      ...[JSON.stringify(asked.report), now],
    ],
  }))!.id

/** The newest run of this mapping that was cut off. */
export const findOpenMigrationRun = (shop: ShopSql, mappingHash: string) =>
  row<MigrationRunRow>(shop, {
    text: `select ${runColumns} from migration_runs
            where organization_id = $1 and mapping_hash = $2 and finished_at is null and undone_at is null order by id desc limit 1`,
    values: [shop.organizationId, mappingHash],
  })

export const findMigrationRun = (shop: ShopSql, { id, lock = false }: { id: string; lock?: boolean }) =>
  row<MigrationRunRow>(shop, {
    text: `select ${runColumns} from migration_runs where organization_id = $1 and id = $2 ${lock ? 'for update' : ''}`,
    values: [shop.organizationId, id],
  })

/** The newest runs first. */
export const listMigrationRuns = (shop: ShopSql, limit: number) =>
  rows<MigrationRunRow>(shop, {
    text: `select ${runColumns} from migration_runs where organization_id = $1 order by id desc limit $2`,
    values: [shop.organizationId, limit],
  })

type Saving = { runId: string; position: string | null; report: unknown; now: Date }

/** Says how far a run has come. */
export const saveMigrationRun = (tx: ShopTx, { runId, position, report, now }: Saving) =>
  run(tx, {
    text: `update migration_runs set position = $3, report = $4, saved_at = $5 where organization_id = $1 and id = $2`,
    values: [tx.organizationId, runId, position, JSON.stringify(report), now],
  })

export const finishMigrationRun = (tx: ShopTx, { runId, now }: { runId: string; now: Date }) =>
  run(tx, {
    text: `update migration_runs set finished_at = $3, saved_at = $3 where organization_id = $1 and id = $2`,
    values: [tx.organizationId, runId, now],
  })

/** Keeps what a batch made, under the next number of its run. */
export const insertMigrationBatch = async (
  tx: ShopTx,
  { runId, made, now }: { runId: string; made: MadeByBatch; now: Date },
): Promise<void> => {
  await run(tx, {
    text: `update migration_runs set batches = batches + 1 where organization_id = $1 and id = $2`,
    values: [tx.organizationId, runId],
  })
  await run(tx, {
    text: `insert into migration_batches (organization_id, run_id, no, saved_at, created, orders, contacts)
           select $1, id, batches, $3, $4, $5, $6 from migration_runs where organization_id = $1 and id = $2`,
    values: [tx.organizationId, runId, now, made.created, made.orders, JSON.stringify(made.contacts)],
  })
}

export type MigrationBatchRow = MadeByBatch & { no: number; savedAt: Date; undoneAt: Date | null }

/** The numbers of a run's batches that were not taken back, the last one first. */
export const listMigrationBatches = (shop: ShopSql, runId: string) =>
  rows<{ no: number; savedAt: Date }>(shop, {
    text: `select no, saved_at as "savedAt" from migration_batches
            where organization_id = $1 and run_id = $2 and undone_at is null order by no desc`,
    values: [shop.organizationId, runId],
  })

/** What one batch made, locked. */
export const lockMigrationBatch = (tx: ShopTx, { runId, no }: { runId: string; no: number }) =>
  row<MigrationBatchRow>(tx, {
    text: `select no, saved_at as "savedAt", undone_at as "undoneAt", created::text[] as created, orders::text[] as orders, contacts
             from migration_batches where organization_id = $1 and run_id = $2 and no = $3 for update`,
    values: [tx.organizationId, runId, no],
  })

/** Marks a batch as taken back; its run, once none is left. */
export const closeMigrationBatch = async (
  tx: ShopTx,
  { runId, no, now }: { runId: string; no: number; now: Date },
): Promise<void> => {
  await run(tx, {
    text: `update migration_batches set undone_at = $4 where organization_id = $1 and run_id = $2 and no = $3`,
    values: [tx.organizationId, runId, no, now],
  })
}

export const closeMigrationRun = (tx: ShopTx, { runId, now }: { runId: string; now: Date }) =>
  run(tx, {
    text: `update migration_runs set undone_at = $3
            where organization_id = $1 and id = $2
              and not exists (select from migration_batches where organization_id = $1 and run_id = $2 and undone_at is null)`,
    values: [tx.organizationId, runId, now],
  })
