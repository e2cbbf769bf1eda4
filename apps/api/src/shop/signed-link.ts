import { trackingIdParams, trackLink, trackLinkRequest } from '@jejak/contract'
import { findTracking } from '@jejak/db'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../deps.ts'
import { callerOf, type RequireScope } from '../http/auth.ts'
import { keySecurity, problemResponses } from '../http/openapi.ts'
import { makeTrackLink } from '../public/signed-links.ts'
import { noSuchTracking } from './shop-context.ts'

/** A shop makes links for its e-mails. That hands out what only the buyer may see, so a key that may only read does not do. */
export const trackLinkRoutes =
  (deps: Deps, requireScope: RequireScope): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/trackings/:id/link',
      {
        onRequest: requireScope('trackings:write'),
        schema: {
          tags: ['trackings'],
          security: keySecurity,
          summary: 'A link that opens the buyer’s view of a parcel without typing',
          description:
            'For e-mails of the shop to the buyer. Whoever holds the link sees what the buyer sees. Of a parcel with several orders the link is of the one that is named, else of the newest.',
          params: trackingIdParams,
          body: trackLinkRequest.nullish(),
          response: { 200: trackLink, ...problemResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { organizationId } = callerOf(request)
        const trackingId = request.params.id
        const row = await findTracking(deps.db.sql, { organizationId, trackingId })
        if (!row) throw noSuchTracking()
        const { trackingNumber } = row
        return makeTrackLink(deps, { trackingId, trackingNumber, orderNumber: request.body?.orderNumber })
      },
    )
  }
