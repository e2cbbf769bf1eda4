import type { CheckSource, Freshness, TrackingStatus } from '@jejak/contract'
import type { FreshnessOfSchedule, TrackingDocumentRow } from '@jejak/db'
import { type FreshnessFacts, freshnessOf } from './freshness.ts'

/** What the columns of a tracking and its schedule say about its freshness. */
export type FreshnessColumns = Pick<
  TrackingDocumentRow,
  'status' | 'changedAt' | 'confirmedAt' | keyof FreshnessOfSchedule
>

/** A reader found it expired after the last answer, so its due time says when it was woken. */
const wasWoken = ({ checkedAt, wokenAt }: FreshnessColumns): boolean =>
  wokenAt !== null && (checkedAt === null || wokenAt > checkedAt)

/** The freshness of a row at `now`; a number is unknown once EasyParcel has answered and does not know it, or no longer. */
export const freshnessOfRow = (
  row: FreshnessColumns,
  { trouble, now, cacheTtlMs }: { trouble: FreshnessFacts['trouble']; now: Date; cacheTtlMs: number },
): Freshness =>
  freshnessOf(
    {
      status: row.status as TrackingStatus,
      checkedAt: row.checkedAt,
      changedAt: row.changedAt,
      nextCheckAt: row.nextCheckAt,
      source: row.checkedBy as CheckSource | 'retry' | null,
      lastCheckFailed: row.lastCheckFailed,
      dueWasMoved: row.isBeingAsked || wasWoken(row),
      wasWoken: wasWoken(row),
      numberUnknown: row.ownReason === 'number_unknown' || (row.confirmedAt === null && row.checkedAt !== null),
      trouble: trouble ?? (row.ownReason === 'upstream_down' ? row.ownReason : null),
    },
    { now, cacheTtlMs },
  )
