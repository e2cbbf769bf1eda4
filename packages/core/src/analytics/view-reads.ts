import type { ReadsRow } from '@jejak/contract'
import { countDelivered, countReads, listReads, type ReadCounts, type ReadsBy, type ShopSql } from '@jejak/db'
import type { AnalyticsSpan } from './analytics-span.ts'

export type ReadsView = AnalyticsSpan & { delivered: number; total: ReadsRow; data: ReadsRow[] }

/** How a shop's parcels were looked at in these weeks. */
export const viewReads = async (
  shop: ShopSql,
  { by, ...span }: AnalyticsSpan & { by: ReadsBy },
): Promise<ReadsView> => {
  const [counts, total, delivered] = await Promise.all([
    listReads(shop, { by, ...span }),
    countReads(shop, span),
    countDelivered(shop, span),
  ])
  // A day's reads are of parcels that are delivered on other days.
  const divisor = by === 'day' ? null : delivered
  return {
    ...span,
    delivered,
    total: figuresOf(total, delivered),
    data: counts.map((one) => ({ ...nameOf(by, one.key), ...figuresOf(one, divisor) })),
  }
}

const nameOf = (by: ReadsBy, key: string): Pick<ReadsRow, 'way' | 'hour' | 'language' | 'day'> => {
  if (by === 'hour') return { hour: Number(key) }
  if (by === 'language') return { language: key || 'unknown' }
  return by === 'day' ? { day: key } : { way: key }
}

const figuresOf = ({ reads, missing, refused }: Omit<ReadCounts, 'key'>, delivered: number | null) => ({
  ...{ reads, missing, refused },
  readsPerDelivered: delivered ? Math.round((reads / delivered) * 100) / 100 : null,
})
