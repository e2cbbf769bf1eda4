import { overviewView } from '@jejak/contract'
import { toConnectionView } from '@jejak/core/checking/overview'
import { findOverview, listConnections, listJobFailures } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { operatorRoute } from '../http/routes.ts'

/** The whole installation at a glance. */
export const overviewRoutes = (app: FastifyInstance, { config, db, isDemo, now: nowOf }: RouteDeps): void =>
  operatorRoute(app, {
    method: 'GET',
    url: '/v1/admin/overview',
    schema: {
      summary: 'Parcels by status, what is due, calls and budget',
      description: 'Counts every row of the installation: for people, not for polling every second.',
      response: { 200: overviewView },
    },
    handler: async () => {
      const now = nowOf()
      const [{ trackingsByStatus, dueNow, inFlight, requiringAttention, checks, calls }, connections, failures] =
        await Promise.all([findOverview(db.sql, now), listConnections(db.sql), listJobFailures(db.sql)])
      return {
        demo: isDemo,
        trackings: { byStatus: trackingsByStatus, dueNow, inFlight, requiringAttention },
        checks,
        calls,
        connections: connections.map((connection) => toConnectionView(connection, now, config.tracking)),
        failingJobs: failures.map(({ firstAt, lastAt, ...failure }) => ({
          ...failure,
          firstAt: firstAt.toISOString(),
          lastAt: lastAt.toISOString(),
        })),
      }
    },
  })
