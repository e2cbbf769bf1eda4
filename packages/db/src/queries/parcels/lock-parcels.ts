import { row, rows, type ShopTx, type Sql, type Tx } from '../../sql.ts'
import {
  type ParcelRow,
  parcelColumns,
  type ScheduledParcelRow,
  type ScheduleRow,
  scheduleColumns,
} from './parcel-row.ts'

/** Locks parcels in the order of their ids, so that overlapping batches cannot deadlock; what is gone is left out. */
export const lockParcels = (tx: Tx, trackingIds: readonly string[]) =>
  rows<ParcelRow>(tx, {
    text: `select ${parcelColumns} from tracking_cache t join connections c on c.id = t.connection_id
      where t.id = any ($1) order by t.id for update of t`,
    values: [trackingIds],
  })

/** When a parcel is due and why, beside what a `ScheduleRow` says. */
export type DueRow = ScheduleRow & {
  id: string
  nextUpdateDue: Date | null
  dueBecause: string | null
  batchLimit: number | null
}

/** Locks the schedules of parcels, in the order of their ids. */
export const lockSchedules = (tx: Tx, trackingIds: readonly string[]) =>
  rows<DueRow>(tx, {
    text: `select s.tracking_id as id, ${scheduleColumns}, s.next_update_due as "nextUpdateDue", s.due_because as "dueBecause", s.batch_limit as "batchLimit"
       from tracking_schedule s where s.tracking_id = any ($1) order by s.tracking_id for update`,
    values: [trackingIds],
  })

/**
 * Locks parcels and then their schedules; without a schedule they are left out. Two statements: after a wait Postgres reads again only what
 * that statement locks, and a schedule from before the wait would plan wrongly.
 */
export const lockScheduledParcels = async (tx: Tx, trackingIds: readonly string[]): Promise<ScheduledParcelRow[]> => {
  const [parcels, schedules] = await Promise.all([lockParcels(tx, trackingIds), lockSchedules(tx, trackingIds)])
  const scheduleOf = new Map(schedules.map((schedule) => [schedule.id, schedule]))
  return parcels.flatMap((parcel) => {
    const schedule = scheduleOf.get(parcel.id)
    return schedule ? [{ ...parcel, ...schedule }] : []
  })
}

/** Locks a shop's parcel, with its document. */
export const lockShopParcel = (tx: Tx, args: { organizationId: string; trackingId: string }) =>
  row<ParcelRow & { document: string }>(tx, {
    text: `select ${parcelColumns}, t.document from tracking_cache t join connections c on c.id = t.connection_id
      where t.organization_id = $1 and t.id = $2 for update of t`,
    values: [args.organizationId, args.trackingId],
  })

/** Locks parcels of a shop, archived ones left out, in the order of their ids. */
export const lockShopParcels = (tx: ShopTx, trackingIds: readonly string[]) =>
  rows<ParcelRow>(tx, {
    text: `select ${parcelColumns} from tracking_cache t join connections c on c.id = t.connection_id
      where t.organization_id = $1 and t.id = any ($2) and t.archived_at is null order by t.id for update of t`,
    values: [tx.organizationId, trackingIds],
  })

/** A parcel as it is read again: archived ones have no schedule. */
export type ReReadRow = ParcelRow & { [Column in keyof ScheduleRow]: ScheduleRow[Column] | null }

/** The next parcels after this one, in id order; with `lock` they stay as they are until the end of the transaction. */
export const listToReRead = (sql: Sql, { afterId, limit, lock }: { afterId: string; limit: number; lock: boolean }) =>
  rows<ReReadRow>(sql, {
    text: `select ${parcelColumns}, ${scheduleColumns}
       from tracking_cache t join connections c on c.id = t.connection_id left join tracking_schedule s on s.tracking_id = t.id
      where t.id > $1 order by t.id limit $2 ${lock ? 'for update of t' : ''}`,
    values: [afterId, limit],
  })
