import { numberedId, syncRequested, syncView } from '@jejak/contract'
import { localDay } from '@jejak/core/checking/overview'
import { notFound } from '@jejak/core/errors'
import { requestSync, toSyncView } from '@jejak/core/syncing/overview'
import { findSync } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { staffRoute } from '../http/routes.ts'

/** Staff follow how far an account's bookings have become parcels, and have it looked at now. */
export const syncRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { config } = deps
  staffRoute(app, {
    at: 'GET /v1/admin/connections/:id/sync',
    permission: 'connections:read',
    schema: {
      summary: 'How far the sync of an EasyParcel account is',
      params: numberedId,
      response: { 200: syncView },
    },
    problems: [404],
    handler: async ({ caller: { organizationId }, params: { id: connectionId } }) => {
      const now = deps.now()
      const settings = deps.settingsOf(organizationId)
      const day = localDay(now, settings.timezone)
      const found = await findSync(deps.db.ofShop(organizationId).sql, { connectionId, day })
      if (!found) throw notFound('This shop has no EasyParcel account with this id.')
      return toSyncView(found, { now, settings, sync: config.sync })
    },
  })

  staffRoute(app, {
    at: 'POST /v1/admin/connections/:id/sync',
    permission: 'connections:change',
    schema: {
      summary: 'Look at the bookings of an EasyParcel account now',
      description:
        'It happens by itself every SYNC_INTERVAL. 409 while it is under way, and for an account that is not connected.',
      params: numberedId,
      response: { 202: syncRequested },
    },
    problems: [404, 409],
    handler: async ({ caller: { actor, organizationId }, params: { id: connectionId } }, reply) => {
      await requestSync(deps, { actor, organizationId, connectionId })
      const follow = `/v1/admin/connections/${connectionId}/sync`
      return reply.code(202).header('location', follow).send({ connectionId, follow })
    },
  })
}
