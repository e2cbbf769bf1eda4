import {
  type CheckSource,
  type Freshness,
  type FreshnessReason,
  isOverdue,
  isTerminal,
  type TrackingStatus,
} from '@jejak/contract'

/**
 * What freshness depends on. `checkedAt` is when EasyParcel last answered about this parcel (a failed call does not move it);
 * `lastCheckFailed` tells that `nextCheckAt` is a retry, `dueWasMoved` that it is the end of a lease, or the moment somebody asked, and
 * not what the last answer planned; `wasWoken` that a reader has found the parcel expired since. `trouble` is what keeps the connection
 * from asking now, if anything does.
 */
export type FreshnessFacts = {
  status: TrackingStatus
  checkedAt: Date | null
  changedAt: Date
  nextCheckAt: Date | null
  source: CheckSource | 'retry' | null
  lastCheckFailed: boolean
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

/** Design §2, first match wins. A parcel nobody has asked about yet is never fresh: it is stale until its first check is late. */
const stateOf = (facts: FreshnessFacts, now: Date, cacheTtlMs: number): Freshness['state'] => {
  if (isTerminal(facts.status)) return 'final'
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
