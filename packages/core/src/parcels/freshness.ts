import type { CheckSource, Freshness, FreshnessReason, TrackingStatus } from '@jejak/contract'
import { isOverdue, isTerminal } from '@jejak/contract'
import type { FreshnessOfSchedule, TrackingDocumentRow } from '@jejak/db'

/** What the columns of a tracking and its schedule say about its freshness. */
export type FreshnessColumns = FreshnessOfSchedule & Pick<TrackingDocumentRow, 'status' | 'changedAt' | 'confirmedAt'>

/**
 * What freshness depends on. `checkedAt` is when EasyParcel last answered about this parcel (a failed call does not move it);
 * `lastCheckFailed` tells that `nextCheckAt` is a retry, `dueWasMoved` that it is the end of a lease, or the moment someone asked, and
 * not what the last answer planned; `wasWoken` that a reader has found the parcel expired since. `trouble` is what keeps the connection
 * from asking now, if anything does.
 */
export type FreshnessFacts = Pick<FreshnessColumns, 'checkedAt' | 'changedAt' | 'nextCheckAt' | 'lastCheckFailed'> & {
  status: TrackingStatus
  source: CheckSource | 'retry' | null
  dueWasMoved: boolean
  wasWoken: boolean
  numberUnknown: boolean
  trouble: Exclude<FreshnessReason, 'number_unknown'> | null
}

/** A failed check is late from the start: what comes next is a retry. A due time that was moved has no interval to be late by. */
const isOnTime = ({ checkedAt, nextCheckAt, lastCheckFailed, dueWasMoved }: FreshnessFacts, now: Date): boolean => {
  if (!nextCheckAt || lastCheckFailed) return false
  const plannedAt = dueWasMoved || !checkedAt ? null : checkedAt.getTime()
  return !isOverdue({ checkedAt: plannedAt, nextCheckAt: nextCheckAt.getTime() }, now.getTime())
}

/** What is said to be lost is asked about no more once the shop says so, too: a parcel that lives always has a next check. */
const isStatedOver = ({ status, nextCheckAt }: FreshnessFacts): boolean =>
  status === 'exception' && nextCheckAt === null

/** Design §2, first match wins. A parcel no one has asked about yet is never fresh: it is stale until its first check is late. */
const stateOf = (facts: FreshnessFacts, now: Date, cacheTtlMs: number): Freshness['state'] => {
  if (isTerminal(facts.status) || isStatedOver(facts)) return 'final'
  if (!facts.checkedAt) return isOnTime(facts, now) && !facts.wasWoken ? 'stale' : 'expired'
  // Before anything else: a due time that was moved says nothing about how old the answer is.
  if (now.getTime() > facts.checkedAt.getTime() + cacheTtlMs) return 'expired'
  return isOnTime(facts, now) ? 'fresh' : 'stale'
}

const reasonOf = (facts: FreshnessFacts, state: Freshness['state']): Freshness['reason'] => {
  if (state === 'final') return null
  const isLate = state === 'expired' || (state === 'stale' && facts.checkedAt !== null)
  return (isLate ? facts.trouble : null) ?? (facts.numberUnknown ? 'number_unknown' : null)
}

/** How much a reader may trust the row at `now`, and why not more. Null as reason while late means that nothing known stands in the way. */
export const freshnessOf = (
  facts: FreshnessFacts,
  { now, cacheTtlMs }: { now: Date; cacheTtlMs: number },
): Freshness => {
  const state = stateOf(facts, now, cacheTtlMs)
  return {
    state,
    checkedAt: facts.checkedAt?.toISOString() ?? null,
    changedAt: facts.changedAt.toISOString(),
    nextCheckAt: facts.nextCheckAt?.toISOString() ?? null,
    source: facts.source === 'retry' ? 'scheduled' : facts.source,
    reason: reasonOf(facts, state),
  }
}

/** A reader found it expired after the last answer, so its due time says when it was woken. */
const wasWoken = ({ checkedAt, wokenAt }: FreshnessColumns): boolean =>
  wokenAt !== null && (checkedAt === null || wokenAt > checkedAt)

type Reading = { trouble: FreshnessFacts['trouble']; now: Date; cacheTtlMs: number }

/** The freshness of a row at `now`; a number is unknown once EasyParcel has answered and does not know it, or no longer. */
export const freshnessOfRow = (row: FreshnessColumns, { trouble, ...at }: Reading): Freshness =>
  freshnessOf(
    {
      ...row,
      status: row.status as TrackingStatus,
      source: row.checkedBy,
      dueWasMoved: row.isBeingAsked || wasWoken(row),
      wasWoken: wasWoken(row),
      numberUnknown: row.ownReason === 'number_unknown' || (row.confirmedAt === null && row.checkedAt !== null),
      trouble: trouble ?? (row.ownReason === 'upstream_down' ? row.ownReason : null),
    },
    at,
  )
