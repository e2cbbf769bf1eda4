import { trackingIdParams, trackingView } from '@jejak/contract'
import { resolveAttention } from '@jejak/db'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../deps.ts'
import { callerOf, type RequireScope } from '../http/auth.ts'
import { keySecurity, problemResponses } from '../http/openapi.ts'
import { getTrackingView, noSuchTracking } from '../shop/shop-context.ts'

/** Staff take a parcel off the attention list. */
export const adminAttentionRoutes =
  (deps: Deps, requireScope: RequireScope): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/admin/trackings/:id/attention/resolve',
      {
        onRequest: requireScope('admin'),
        schema: {
          tags: ['admin'],
          security: keySecurity,
          summary: 'Take a parcel off the attention list',
          description:
            'A customer’s report is lifted for good; a reason that checks find comes back with the next check if it still holds.',
          params: trackingIdParams,
          response: { 200: trackingView, ...problemResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { organizationId, prefix } = callerOf(request)
        const trackingId = request.params.id
        const resolving = {
          organizationId,
          trackingId,
          resolvedBy: `resolved by key ${prefix}`,
          now: await deps.clock(deps.db.sql),
        }
        if (!(await resolveAttention(deps.db.sql, resolving))) throw noSuchTracking()
        return getTrackingView(deps, organizationId, trackingId)
      },
    )
  }
