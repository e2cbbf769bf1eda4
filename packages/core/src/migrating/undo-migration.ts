import {
  closeMigrationBatch,
  closeMigrationRun,
  deleteOrders,
  findJoinedAfter,
  findMigrationRun,
  findParcelsOfOrders,
  findTouched,
  finishMigrationRun,
  listMigrationBatches,
  lockMigrationBatch,
  lockParcels,
  type MigrationBatchRow,
  removeGivenContacts,
  type ShopTx,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { recordChanges, recordRemovals } from '../changes/index.ts'
import { conflict, notFound } from '../errors.ts'
import type { MigratingDeps } from './migrating-deps.ts'

type Undoing = {
  actor: Actor
  organizationId: string
  runId: string
  /** Only this batch. */
  batch?: number
  /** The log of changes tells for so long whether someone else touched a parcel. */
  logsMs: number
  signal: AbortSignal
  onProgress: (done: { batches: number; of: number }) => void
}

/** What was taken back. `keptParcels` and `keptOrders` stayed, since someone else has worked with them. */
export type UndoReport = {
  run: string
  batches: number
  parcels: number
  orders: number
  contacts: number
  keptParcels: number
  keptOrders: number
}

export const noSuchRun = () => notFound('This shop has no such run: --list shows the runs.')

/**
 * Takes back what a run made, the last batch first, each in one transaction: parcels that no one else has touched, orders and contacts that it added to
 * others. What workers have found out since goes with its parcel. A run that was cut off is over by that.
 */
export const undoMigration = async (
  { db, clock }: Pick<MigratingDeps, 'db' | 'clock'>,
  { actor, organizationId, runId, batch, logsMs, signal, onProgress }: Undoing,
): Promise<UndoReport> => {
  const shop = db.ofShop(organizationId)
  if (!(await findMigrationRun(shop.sql, { id: runId }))) throw noSuchRun()
  const left = await listMigrationBatches(shop.sql, runId)
  const batches = left.filter(({ no }) => batch === undefined || no === batch)
  if (batch !== undefined && batches.length === 0)
    throw notFound(`Run ${runId} has no batch ${batch}, or it was taken back already.`)
  const oldest = Math.min(...batches.map(({ savedAt }) => savedAt.getTime()))
  if ((await clock(shop.sql)).getTime() - oldest > logsMs)
    throw conflict(
      'This is older than the log of changes (RETENTION_LOGS), which alone tells whether someone else has worked with a parcel: nothing was taken back.',
    )
  await shop.transaction(async (tx) => beginUndo(tx, { actor, runId, batch, now: await clock(tx) }))
  const report = { ...{ run: runId, batches: 0, parcels: 0, orders: 0, contacts: 0 }, keptParcels: 0, keptOrders: 0 }
  for (const { no } of batches) {
    signal.throwIfAborted()
    await shop.transaction(async (tx) =>
      undoBatch(tx, { runId, no, report, isWhole: batch === undefined, now: await clock(tx) }),
    )
    onProgress({ batches: report.batches, of: batches.length })
  }
  await shop.transaction(async (tx) => closeMigrationRun(tx, { runId, now: await clock(tx) }))
  return report
}

type Beginning = { actor: Actor; runId: string; batch: number | undefined; now: Date }

const beginUndo = async (tx: ShopTx, { actor, runId, batch, now }: Beginning): Promise<void> => {
  const run = await findMigrationRun(tx, { id: runId, lock: true })
  if (!run?.finishedAt) await finishMigrationRun(tx, { runId, now })
  const detail = batch === undefined ? 'the whole run' : `batch ${batch}`
  const { organizationId } = tx
  await recordAct(tx, { act: 'migration.undone', actor, organizationId, object: `migration:${runId}`, detail, now })
}

type Batch = { runId: string; no: number; report: UndoReport; isWhole: boolean; now: Date }
type Locked = Batch & { made: MigrationBatchRow; parcels: Awaited<ReturnType<typeof lockParcels>>; by: string[] }

const undoBatch = async (tx: ShopTx, batch: Batch): Promise<void> => {
  const { runId, no, report, now } = batch
  const made = await lockMigrationBatch(tx, { runId, no })
  if (!made || made.undoneAt) return
  const orderIds = [...made.orders, ...made.contacts.map(({ orderId }) => orderId)]
  const inParcels = new Map((await findParcelsOfOrders(tx, orderIds)).map((one) => [one.orderId, one.trackingId]))
  const parcels = await lockParcels(tx, [...new Set([...made.created, ...inParcels.values()])])
  const locked = { ...batch, made, parcels, by: ['worker', `migration:${runId}`] }
  await takeOffOrders(tx, { ...locked, inParcels })
  await removeCreated(tx, locked)
  await closeMigrationBatch(tx, { runId, no, now })
  report.batches += 1
}

/** Parcels of the batch go, unless someone else has worked with them, or a batch that stays has added an order. */
const removeCreated = async (tx: ShopTx, { runId, made, parcels, by, isWhole, report, now }: Locked): Promise<void> => {
  const trackingIds = [...made.created]
  const [touched, joined] = [
    await findTouched(tx, { trackingIds, by, since: made.savedAt, onlyOrders: false }),
    isWhole ? new Set<string>() : await findJoinedAfter(tx, { trackingIds, after: made.savedAt }),
  ]
  const there = parcels.filter(({ id }) => trackingIds.includes(id))
  const going = there.filter(({ id }) => !touched.has(id) && !joined.has(id))
  const actor = { kind: 'migration', id: runId } as const
  report.parcels += await recordRemovals(tx, { actor, now, kind: 'removed', parcels: going })
  report.keptParcels += there.length - going.length
}

/** Orders and contacts that were added to parcels of others are taken off them, unless the shop has changed its orders since. */
const takeOffOrders = async (
  tx: ShopTx,
  { runId, made, parcels, by, report, now, inParcels }: Locked & { inParcels: ReadonlyMap<string, string> },
): Promise<void> => {
  const trackingIds = [...new Set(inParcels.values())]
  if (trackingIds.length === 0) return
  const touched = await findTouched(tx, { trackingIds, by, since: made.savedAt, onlyOrders: true })
  const isOurs = (orderId: string) => inParcels.has(orderId) && !touched.has(inParcels.get(orderId)!)
  const orderIds = made.orders.filter(isOurs)
  const contacts = made.contacts.filter(({ orderId }) => isOurs(orderId))
  const { organizationId } = tx
  const parcelsOf = (ids: readonly string[]) => [...new Set(ids.map((id) => inParcels.get(id)!))]
  await deleteOrders(tx, { organizationId, trackingIds: parcelsOf(orderIds), orderIds })
  await removeGivenContacts(tx, contacts)
  const changed = new Set(parcelsOf([...orderIds, ...contacts.map(({ orderId }) => orderId)]))
  const actor = { kind: 'migration', id: runId } as const
  const changes = parcels
    .filter(({ id }) => changed.has(id))
    .map((parcel) => ({
      ...{ parcel, write: { changedAt: now } },
      entries: [{ kind: 'shop_changed' as const, detail: 'orderNumber contact' }],
    }))
  await recordChanges(tx, { actor, now, changes })
  report.orders += orderIds.length
  report.contacts += contacts.length
  report.keptOrders += [...inParcels.keys()].length - orderIds.length - contacts.length
}
