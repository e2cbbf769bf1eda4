import { trackingDocument, trackingNumberParams } from '@jejak/contract'
import { matchesEtag } from '@jejak/core/tracking'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { createDocumentReader } from '../document-reader.ts'
import { problemResponses } from '../plugins/openapi.ts'
import { createPublicAnswers, openHeaders, unknownNumber } from '../public-answer.ts'

/** Public read: one indexed statement, never asks EasyParcel, safe to cache and to fetch from any page. */
export const trackRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const { config, reads } = deps
    const reader = createDocumentReader(reads, { connections: config.database.readPoolMax })
    const answerOf = createPublicAnswers(deps)

    app.get(
      '/v1/track/:trackingNumber',
      {
        schema: {
          tags: ['public'],
          summary: 'Where a parcel is',
          description:
            'The public document of a parcel with how fresh it is. Send the ETag back as If-None-Match to get 304 while nothing changed.',
          params: trackingNumberParams,
          response: {
            200: trackingDocument,
            304: z.null().meta({ description: 'Nothing changed' }),
            ...problemResponses(400, 404, 503),
          },
        },
      },
      async (request, reply) => {
        const { trackingNumber } = request.params
        reply.headers(openHeaders)
        const row = await reader.find(trackingNumber)
        if (!row) throw unknownNumber(trackingNumber, config.http)
        const { etag, cacheControl, text } = answerOf(row)
        reply.header('etag', etag).header('cache-control', cacheControl)
        if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send(null)
        return reply.type('application/json; charset=utf-8').send(text() as unknown as z.infer<typeof trackingDocument>)
      },
    )
  }
