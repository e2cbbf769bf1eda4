import { trackingIdParams, trackingView } from '@jejak/contract'
import { resolveAttention } from '@jejak/core/registering'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { staffRoute } from '../http/routes.ts'
import { getTrackingView } from '../shop/tracking-view.ts'

/** Staff take a parcel off the attention list. */
export const attentionRoutes = (app: FastifyInstance, deps: RouteDeps): void =>
  staffRoute(app, {
    at: 'POST /v1/admin/trackings/:id/attention/resolve',
    permission: 'attention:settle',
    schema: {
      summary: 'Take a parcel off the attention list',
      description:
        'A customer’s report is removed for good. If a check found the reason and it still applies, it returns with the next check.',
      params: trackingIdParams,
      response: { 200: trackingView },
    },
    problems: [404],
    handler: async ({ caller: { actor, organizationId }, params }) => {
      const which = { organizationId, trackingId: params.id }
      await resolveAttention(deps, { actor, ...which })
      return getTrackingView(deps, which)
    },
  })
