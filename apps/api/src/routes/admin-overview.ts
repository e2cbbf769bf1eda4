import { type ConnectionView, overviewView } from '@jejak/contract'
import { localDay, paceAllowance, troubleOf } from '@jejak/core/checking'
import { type ConnectionOverview, findOverview, listConnections } from '@jejak/db'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../deps.ts'
import type { RequireScope } from '../plugins/auth.ts'
import { keySecurity, problemResponses } from '../plugins/openapi.ts'

/** The whole installation at a glance. */
export const adminOverviewRoutes =
  (deps: Deps, requireScope: RequireScope): FastifyPluginAsyncZod =>
  async (app) => {
    const { config, db, isDemo } = deps
    app.get(
      '/v1/admin/overview',
      {
        onRequest: requireScope('admin'),
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
        const [{ trackingsByStatus, dueNow, inFlight, requiringAttention, checks, calls }, connections] =
          await Promise.all([findOverview(db.sql, now), listConnections(db.sql)])
        return {
          demo: isDemo,
          trackings: { byStatus: trackingsByStatus, dueNow, inFlight, requiringAttention },
          checks,
          calls,
          connections: connections.map((connection) => toConnectionView(connection, now, config.tracking)),
        }
      },
    )
  }

const toConnectionView = (
  connection: ConnectionOverview,
  now: Date,
  settings: Deps['config']['tracking'],
): ConnectionView => {
  const day = localDay(now, settings.timezone)
  const isToday = connection.budgetDay === day
  const used = isToday ? connection.callsUsed : 0
  const limit = settings.dailyBudget
  return {
    id: connection.id,
    api: connection.api as ConnectionView['api'],
    isAuthorised: connection.isAuthorised,
    trouble: troubleOf(connection, now, settings),
    breakerOpenUntil: connection.breakerOpenUntil?.toISOString() ?? null,
    lastGoodCallAt: connection.lastGoodCallAt?.toISOString() ?? null,
    lastFailure: connection.lastFailure,
    lastFailureAt: connection.lastFailureAt?.toISOString() ?? null,
    budget: {
      day,
      limit,
      used,
      usedManually: isToday ? connection.callsManual : 0,
      left: Math.max(0, limit - used),
      allowedByNow: paceAllowance(now, settings),
    },
  }
}
