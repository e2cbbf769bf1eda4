import { overviewView } from '@jejak/contract'
import { toConnectionView } from '@jejak/core/checking/overview'
import { findOverview, listConnections, listJobFailures } from '@jejak/db'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../deps.ts'
import type { RequireScope } from '../http/auth.ts'
import { keySecurity, problemResponses } from '../http/openapi.ts'

/** The whole installation at a glance. */
export const adminOverviewRoutes =
  (deps: Deps, requireScope: RequireScope): FastifyPluginAsyncZod =>
  async (app) => {
    const { config, db, isDemo } = deps
    app.get(
      '/v1/admin/overview',
      {
        onRequest: requireScope('admin', { ofOperators: true }),
        schema: {
          tags: ['admin'],
          security: keySecurity,
          summary: 'Parcels by status, what is due, calls and budget',
          description: 'Counts every row of the installation: for people, not for polling every second.',
          response: { 200: overviewView, ...problemResponses(401, 403) },
        },
      },
      async () => {
        const now = deps.now()
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
    )
  }
