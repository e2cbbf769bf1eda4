import {
  buyerDocument,
  type TrackingDocument,
  trackingDocument,
  trackingNumberParams,
  trackQuery,
} from '@jejak/contract'
import { matchesEtag } from '@jejak/core/parcels'
import { findBuyerTrackings } from '@jejak/db'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { addressOf } from '../http/address-block.ts'
import { publicRoute } from '../http/routes.ts'
import { privateHeaders, toBuyerDocument } from './buyer-answer.ts'
import { unknownNumber } from './public-answer.ts'
import { getLinked } from './signed-links.ts'

/** Public read: one indexed statement, never asks EasyParcel, safe to cache and to fetch from any page. */
export const trackRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { answerOf, config, count, documents, promptLookups } = deps

  const findBuyerDocument = async (request: FastifyRequest, link: { trackingNumber: string; k: string }) => {
    const proven = await getLinked(deps, { ...link, address: addressOf(request) })
    const [row] = await findBuyerTrackings(promptLookups.sql, [proven])
    if (!row) throw unknownNumber(link.trackingNumber, config.http)
    const answer = answerOf(row)
    count(request, { way: null, row, state: answer.state })
    return toBuyerDocument(deps, { row, answer })
  }

  publicRoute(app, {
    at: 'GET /v1/track/:trackingNumber',
    limit: 'visits',
    schema: {
      summary: 'Where a parcel is',
      description:
        'The public document of a parcel and how fresh it is. Send the ETag as If-None-Match to get 304 while nothing has changed. With the key of a signed link, the answer also contains what only the buyer may see.',
      params: trackingNumberParams,
      querystring: trackQuery,
      response: {
        // The first that fits is sent, without what it does not name: the larger one goes first.
        200: z.union([buyerDocument, trackingDocument]),
        304: z.null().meta({ description: 'Nothing changed' }),
      },
    },
    problems: [403, 404],
    handler: async (request, reply) => {
      const { trackingNumber } = request.params
      const { shop, k } = request.query
      if (k) {
        const document = await findBuyerDocument(request, { trackingNumber, k })
        return reply.headers(privateHeaders).send(document)
      }
      const row = await documents.find(trackingNumber, shop)
      if (!row) {
        count(request, { way: null, shop, state: 'missing' })
        throw unknownNumber(trackingNumber, config.http)
      }
      const { etag, cacheControl, state, text } = answerOf(row)
      count(request, { way: null, row, state })
      reply.header('etag', etag).header('cache-control', cacheControl)
      if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send(null)
      return reply.type('application/json; charset=utf-8').send(text() as unknown as TrackingDocument)
    },
  })
}
