import {
  type CheckSource,
  type Freshness,
  type FreshnessReason,
  isTerminal,
  type TrackingStatus,
} from '@jejak/contract'

const graceShare = 0.1
const graceMinMs = 60_000

/**
 * What freshness depends on. `checkedAt` is when EasyParcel last answered about this parcel (a failed call does not move it);
 * `lastCheckFailed` tells that `nextCheckAt` is a retry; `trouble` is what keeps the connection from asking now, if anything does.
 */
export type FreshnessFacts = {
  status: TrackingStatus
  checkedAt: Date | null
  changedAt: Date
  nextCheckAt: Date | null
  source: CheckSource | 'retry' | null
  lastCheckFailed: boolean
  numberUnknown: boolean
  trouble: Exclude<FreshnessReason, 'number_unknown'> | null
}

/** A check may start a tenth of its interval late, at least a minute, before anyone calls it late. */
const isOnTime = ({ checkedAt, nextCheckAt, lastCheckFailed }: FreshnessFacts, now: Date): boolean => {
  if (!nextCheckAt || lastCheckFailed) return false
  const intervalMs = checkedAt ? nextCheckAt.getTime() - checkedAt.getTime() : 0
  return now.getTime() <= nextCheckAt.getTime() + Math.max(graceMinMs, intervalMs * graceShare)
}

/** Design §2, first match wins. A parcel nobody has asked about yet is never fresh: it is stale until its first check is late. */
const stateOf = (facts: FreshnessFacts, now: Date, cacheTtlMs: number): Freshness['state'] => {
  if (isTerminal(facts.status)) return 'final'
  if (!facts.checkedAt) return isOnTime(facts, now) ? 'stale' : 'expired'
  if (isOnTime(facts, now)) return 'fresh'
  return now.getTime() <= facts.checkedAt.getTime() + cacheTtlMs ? 'stale' : 'expired'
}

const reasonOf = (facts: FreshnessFacts, state: Freshness['state'], now: Date): Freshness['reason'] => {
  if (state === 'final') return null
  const late = isOnTime(facts, now) ? null : facts.trouble
  return late ?? (facts.numberUnknown ? 'number_unknown' : null)
}

/** How much a reader may trust the row at `now`, and why not more. Null as reason while late means that nothing known stands in the way. */
export const freshnessOf = (facts: FreshnessFacts, now: Date, { cacheTtlMs }: { cacheTtlMs: number }): Freshness => {
  const state = stateOf(facts, now, cacheTtlMs)
  return {
    state,
    checkedAt: facts.checkedAt?.toISOString() ?? null,
    changedAt: facts.changedAt.toISOString(),
    nextCheckAt: facts.nextCheckAt?.toISOString() ?? null,
    source: facts.source === 'retry' ? 'scheduled' : facts.source,
    reason: reasonOf(facts, state, now),
  }
}
