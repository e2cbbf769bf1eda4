import {
  buyerDocument,
  type TrackingDocument,
  trackingDocument,
  trackingNumberParams,
  trackQuery,
} from '@jejak/contract'
import { matchesEtag } from '@jejak/core/parcels'
import { findBuyerTrackings } from '@jejak/db'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { PublicDeps } from '../deps.ts'
import { addressOf } from '../http/address-block.ts'
import { problemResponses } from '../http/openapi.ts'
import { createSecurityNotes } from '../http/security-notes.ts'
import { privateHeaders, toBuyerDocument } from './buyer-answer.ts'
import { createPublicAnswers, unknownNumber } from './public-answer.ts'
import { createLinkOpener } from './signed-links.ts'

/** Public read: one indexed statement, never asks EasyParcel, safe to cache and to fetch from any page. */
export const trackRoutes =
  (deps: PublicDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { config, documents, promptDb } = deps
    const answerOf = createPublicAnswers(deps)
    const openLink = createLinkOpener({ ...deps, db: promptDb }, createSecurityNotes(deps))

    const findBuyerDocument = async (link: { trackingNumber: string; k: string; address: string }) => {
      const [row] = await findBuyerTrackings(promptDb.sql, [await openLink(link)])
      if (!row) throw unknownNumber(link.trackingNumber, config.http)
      return toBuyerDocument(deps, { row, answer: answerOf(row) })
    }

    app.get(
      '/v1/track/:trackingNumber',
      {
        config: { limit: 'visits' },
        schema: {
          tags: ['public'],
          summary: 'Where a parcel is',
          description:
            'The public document of a parcel with how fresh it is. Send the ETag back as If-None-Match to get 304 while nothing changed. With the key of a signed link, what only the buyer may see.',
          params: trackingNumberParams,
          querystring: trackQuery,
          response: {
            // The first that fits is sent, without what it does not name: the larger one goes first.
            200: z.union([buyerDocument, trackingDocument]),
            304: z.null().meta({ description: 'Nothing changed' }),
            ...problemResponses(400, 403, 404, 429, 503),
          },
        },
      },
      async (request, reply) => {
        const { trackingNumber } = request.params
        const { shop, k } = request.query
        if (k) {
          const document = await findBuyerDocument({ trackingNumber, k, address: addressOf(request) })
          return reply.headers(privateHeaders).send(document)
        }
        const row = await documents.find(trackingNumber, shop)
        if (!row) throw unknownNumber(trackingNumber, config.http)
        const { etag, cacheControl, text } = answerOf(row)
        reply.header('etag', etag).header('cache-control', cacheControl)
        if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send(null)
        return reply.type('application/json; charset=utf-8').send(text() as unknown as TrackingDocument)
      },
    )
  }
