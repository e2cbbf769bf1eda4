import type { TransitRow } from '@jejak/contract'
import { listCallsToDivide, listTransit, type ShopSql, type TransitBy, type TransitCounts } from '@jejak/db'
import type { AnalyticsSpan } from './analytics-span.ts'
import { malaysianStates } from './malaysian-states.ts'
import { transitBuckets, transitHours } from './transit-buckets.ts'

const keysMax = 500

type Used = { calls: number; checks: number }
export type TransitView = AnalyticsSpan & { total: TransitRow; data: TransitRow[] }

/** How a shop's parcels fared that ended in these weeks. */
export const viewTransit = async (
  shop: ShopSql,
  { by, from, to }: AnalyticsSpan & { by: TransitBy },
): Promise<TransitView> => {
  const span = { from, to }
  const [groups, used] = await Promise.all([
    listTransit(shop, { by, ...span, buckets: transitBuckets, limit: keysMax }),
    // No call is about a state alone.
    listCallsToDivide(shop, { by: by === 'state' ? 'week' : by, ...span }),
  ])
  const usedBy = by === 'state' ? null : new Map(used.map(({ key, ...use }) => [key, use]))
  const rows = groups.map((group) => ({
    ...nameOf(by, group.key),
    ...figuresOf(group, usedBy && (usedBy.get(group.key) ?? { calls: 0, checks: 0 })),
  }))
  return { ...span, total: figuresOf(sumOf(groups), sumUse(used)), data: rows }
}

const nameOf = (by: TransitBy, key: string): Pick<TransitRow, 'courier' | 'state' | 'name' | 'week'> => {
  if (by === 'state') return { state: key || 'unknown', name: malaysianStates[key] ?? null }
  return by === 'week' ? { week: key } : { courier: key || 'unknown' }
}

const share = (part: number, whole: number): number | null =>
  whole > 0 ? Math.round((part / whole) * 1000) / 1000 : null
const per = (amount: number, parcels: number): number | null =>
  parcels > 0 ? Math.round((amount / parcels) * 100) / 100 : null

const figuresOf = ({ key: _key, transit, ...counts }: TransitCounts, used: Used | null) => {
  const { delivered, returned, lost, cancelled, lapsed, attemptsKnown, firstAttempt, expected, late } = counts
  const sent = delivered + returned + lost
  return {
    ...{ parcels: sent + cancelled + lapsed, delivered, returned, lost, cancelled, lapsed },
    timed: transit.reduce((sum, amount) => sum + amount, 0),
    p50Hours: transitHours(transit, 0.5),
    p90Hours: transitHours(transit, 0.9),
    ...{ attemptsKnown, firstAttempt, firstAttemptShare: share(firstAttempt, attemptsKnown) },
    ...{ expected, late, lateShare: share(late, expected) },
    ...{ returnedShare: share(returned, sent), lostShare: share(lost, sent) },
    checksPerDelivered: used && per(used.checks, delivered),
    callsPerDelivered: used && per(used.calls, delivered),
  }
}

const noParcels: TransitCounts = {
  ...{ key: '', delivered: 0, returned: 0, lost: 0, cancelled: 0, lapsed: 0 },
  ...{ attemptsKnown: 0, firstAttempt: 0, expected: 0, late: 0 },
  transit: new Array<number>(transitBuckets).fill(0),
}

const sumOf = (groups: readonly TransitCounts[]): TransitCounts =>
  groups.reduce(
    (sum, group) => ({
      key: '',
      delivered: sum.delivered + group.delivered,
      returned: sum.returned + group.returned,
      lost: sum.lost + group.lost,
      cancelled: sum.cancelled + group.cancelled,
      lapsed: sum.lapsed + group.lapsed,
      attemptsKnown: sum.attemptsKnown + group.attemptsKnown,
      firstAttempt: sum.firstAttempt + group.firstAttempt,
      expected: sum.expected + group.expected,
      late: sum.late + group.late,
      transit: sum.transit.map((amount, place) => amount + (group.transit[place] ?? 0)),
    }),
    noParcels,
  )

const sumUse = (used: readonly Used[]): Used => ({
  calls: used.reduce((sum, { calls }) => sum + calls, 0),
  checks: used.reduce((sum, { checks }) => sum + checks, 0),
})
