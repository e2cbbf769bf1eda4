import { overviewView } from '@jejak/contract'
import { localDay, toConnectionView } from '@jejak/core/checking/overview'
import { findOverview, listConnections, listJobFailures, type Sql } from '@jejak/db'
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

const findOverviewView = async (
  { config, isDemo, now: nowOf }: RouteDeps,
  { sql, ...which }: { sql: Sql; shop: string },
) => {
  const now = nowOf()
  const [{ trackingsByStatus, dueNow, inFlight, requiringAttention, checks, calls }, connections, failures] =
    await Promise.all([
      findOverview(sql, { ...which, now, day: localDay(now, config.tracking.timezone) }),
      listConnections(sql, which),
      listJobFailures(sql, which),
    ])
  return {
    demo: isDemo,
    trackings: { byStatus: trackingsByStatus, dueNow, inFlight, requiringAttention },
    checks,
    calls,
    connections: connections.map((connection) => toConnectionView(connection, { now, settings: config.tracking })),
    failingJobs: failures.map(({ firstAt, lastAt, ...failure }) => ({
      ...failure,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
    })),
  }
}
