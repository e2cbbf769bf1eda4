import type { TrackingSort } from '@jejak/contract'
import { listTrackingLines, type Narrowing, type ShopSql, type TrackingLine } from '@jejak/db'
import { csvInPages, csvPageRows } from '../csv.ts'

/** A file goes by what never changes, so that each parcel stands in it once, whatever happens to it meanwhile. */
export type FileSort = Extract<TrackingSort, 'registered' | '-registered'>
type Asked = { narrowing: Narrowing; sort: FileSort }

const columns = [
  ...(['id', 'trackingNumber', 'courier', 'orderNumber', 'status', 'substatus', 'attentionReason'] as const),
  ...(['registeredAt', 'bookedAt', 'collectedAt', 'outForDeliveryAt', 'deliveredAt', 'endedAt'] as const),
  ...(['estimatedDelivery', 'changedAt', 'checkedAt', 'nextCheckAt', 'connectionId'] as const),
] as const

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

const toLine = (row: TrackingLine) => ({
  ...row,
  registeredAt: iso(row.registeredAt),
  bookedAt: iso(row.bookedAt),
  collectedAt: iso(row.collectedAt),
  outForDeliveryAt: iso(row.outForDeliveryAt),
  deliveredAt: iso(row.deliveredAt),
  endedAt: iso(row.endedAt),
  changedAt: iso(row.changedAt),
  checkedAt: iso(row.checkedAt),
  nextCheckAt: iso(row.nextCheckAt),
})
type Line = ReturnType<typeof toLine>

/** A page of parcels as lines, after the last one. */
export const listLines = async (
  shop: ShopSql,
  { narrowing, sort, last, limit }: Asked & { last: Pick<Line, 'id' | 'sortedAt'> | undefined; limit: number },
): Promise<Line[]> => {
  const after = last === undefined ? null : { at: last.sortedAt, id: last.id }
  return (await listTrackingLines(shop, { ...narrowing, sort, after, limit })).map(toLine)
}

/** A shop's parcels as CSV. Contacts are not in it. */
export const trackingFile = (shop: ShopSql, asked: Asked): AsyncGenerator<string> =>
  csvInPages(columns, (last: Line | undefined) => listLines(shop, { ...asked, last, limit: csvPageRows }))
