import { overviewView } from '@jejak/contract'
import { localDay, localDayStart, numberOfDay, toConnectionView } from '@jejak/core/checking/overview'
import {
  type Answers,
  findOverview,
  findPulse,
  listConnections,
  listJobFailures,
  type Pulse,
  type Sql,
} from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { operatorRoute, staffRoute } from '../http/routes.ts'

const response = { 200: overviewView }

/** A shop at a glance for its staff, and the whole installation for operators. */
export const overviewRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/admin/overview',
    permission: 'overview:read',
    schema: {
      summary: 'The shop’s parcels by status, what is due, calls and budget',
      response,
    },
    handler: ({ caller: { organizationId } }) =>
      findOverviewView(deps, { sql: deps.db.ofShop(organizationId).sql, shop: organizationId }),
  })
  operatorRoute(app, {
    at: 'GET /v1/operator/overview',
    permission: 'system:read',
    schema: {
      summary: 'The same for the whole installation',
      response,
    },
    handler: () => findOverviewView(deps, { sql: deps.operatorDb.sql, shop: 'all' }),
  })
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

const findOverviewView = async (
  { settingsOf, isDemo, now: nowOf }: RouteDeps,
  { sql, ...which }: { sql: Sql; shop: string },
) => {
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
