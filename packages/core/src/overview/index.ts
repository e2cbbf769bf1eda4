import type { OverviewView } from '@jejak/contract'
import {
  type Answers,
  findOverview,
  findPulse,
  listConnections,
  listJobFailures,
  type Pulse,
  type Sql,
} from '@jejak/db'
import { localDay, localDayStart, numberOfDay, toConnectionView } from '../checking/overview.ts'
import type { CheckingSettings } from '../checking/settings.ts'

/** `settingsOf`: of a shop, or of the installation when it is null. */
type OverviewDeps = {
  settingsOf: (organizationId: string | null) => CheckingSettings
  isDemo: boolean
  now: () => Date
}

const reads = { total: 0, fresh: 0, stale: 0, expired: 0, final: 0, missing: 0, refused: 0 }

const toAnswers = ({ calls, failed, p50Ms, p95Ms }: Answers) => ({
  ...{ calls, failed, p50Ms, p95Ms },
  successRate: calls === 0 ? null : Math.round(((calls - failed) / calls) * 10_000) / 10_000,
})

/** Each read that found a parcel would have been a call. */
const toPulseView = ({ attention, freshness, oldestDueAt, reads: byState, hour, day }: Pulse, calls: number) => {
  const total = Object.values(byState).reduce((sum, amount) => sum + amount, 0)
  const found = total - (byState.missing ?? 0) - (byState.refused ?? 0)
  return {
    attention,
    freshness: freshness && { ...freshness, at: freshness.at.toISOString() },
    oldestDueAt: oldestDueAt?.toISOString() ?? null,
    reads: { ...reads, ...byState, total },
    callsSaved: Math.max(0, found - calls),
    easyparcel: { hour: toAnswers(hour), day: toAnswers(day) },
  }
}

/** The overview of a shop, or of the whole installation. */
export const findOverviewView = async (
  { settingsOf, isDemo, now: nowOf }: OverviewDeps,
  { sql, ...which }: { sql: Sql; shop: string },
): Promise<OverviewView> => {
  const now = nowOf()
  const { timezone } = settingsOf(which.shop === 'all' ? null : which.shop)
  const day = localDay(now, timezone)
  const dayStart = new Date(localDayStart(numberOfDay(day), timezone))
  const [overview, pulse, connections, failures] = await Promise.all([
    findOverview(sql, { ...which, now, day }),
    findPulse(sql, { ...which, now, dayStart }),
    listConnections(sql, which),
    listJobFailures(sql, which),
  ])
  const { trackingsByStatus, dueNow, inFlight, requiringAttention, checks, calls } = overview
  return {
    demo: isDemo,
    trackings: { byStatus: trackingsByStatus, dueNow, inFlight, requiringAttention },
    checks,
    calls,
    ...toPulseView(pulse, calls),
    connections: connections.map((connection) =>
      toConnectionView(connection, { now, settings: settingsOf(connection.organizationId) }),
    ),
    failingJobs: failures.map(({ firstAt, lastAt, ...failure }) => ({
      ...failure,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
    })),
  }
}
