import { signedLink, signedLinkRequest, trackingIdParams } from '@jejak/contract'
import { recordAct } from '@jejak/core/audit'
import { noSuchTracking } from '@jejak/core/errors'
import { findTracking } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { shopRoute } from '../http/routes.ts'
import { makeSignedLink } from '../public/signed-links.ts'

/** A shop makes links for its e-mails. That hands out what only the buyer may see, so a key that may only read does not do. */
export const signedLinkRoutes = (app: FastifyInstance, deps: RouteDeps): void =>
  shopRoute(app, {
    at: 'POST /v1/trackings/:id/link',
    permission: 'parcels:link',
    ignoresIdempotencyKey: 'sent again, it makes another link that is as good.',
    schema: {
      summary: 'A link that opens the buyer’s view of a parcel',
      description:
        'For the shop’s e-mails to the buyer. Anyone who has the link sees what the buyer sees. If the parcel has several orders, the link is for the named one, otherwise for the newest.',
      params: trackingIdParams,
      body: signedLinkRequest.nullish(),
      response: { 200: signedLink },
    },
    problems: [404],
    handler: async ({ caller: { actor, organizationId }, params: { id: trackingId }, body }) => {
      const shop = deps.db.ofShop(organizationId)
      const row = await findTracking(shop.sql, trackingId)
      if (!row) throw noSuchTracking()
      const { trackingNumber } = row
      const link = await makeSignedLink(
        { ...deps, db: shop },
        { trackingId, trackingNumber, orderNumber: body?.orderNumber },
      )
      const now = await deps.clock(shop.sql)
      await recordAct(shop.sql, { act: 'link.created', actor, organizationId, object: `parcel:${trackingId}`, now })
      return link
    },
  })
