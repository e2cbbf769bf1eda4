import type { CheckSource, Freshness, TrackingStatus } from '@jejak/contract'
import { type FreshnessFacts, freshnessOf } from './freshness.ts'

/** What the columns of a tracking and its schedule say about its freshness. */
export type FreshnessColumns = {
  status: string
  checkedAt: Date | null
  checkedBy: string | null
  changedAt: Date
  confirmedAt: Date | null
  nextCheckAt: Date | null
  lastCheckFailed: boolean
}

/** The freshness of a row at `now`; a number is unknown once EasyParcel has answered and never knew it. */
export const freshnessOfRow = (
  row: FreshnessColumns,
  trouble: FreshnessFacts['trouble'],
  { now, cacheTtlMs }: { now: Date; cacheTtlMs: number },
): Freshness =>
  freshnessOf(
    {
      status: row.status as TrackingStatus,
      checkedAt: row.checkedAt,
      changedAt: row.changedAt,
      nextCheckAt: row.nextCheckAt,
      source: row.checkedBy as CheckSource | 'retry' | null,
      lastCheckFailed: row.lastCheckFailed,
      numberUnknown: row.confirmedAt === null && row.checkedAt !== null,
      trouble,
    },
    now,
    { cacheTtlMs },
  )
