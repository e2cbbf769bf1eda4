import { type Freshness, trackingDocument, trackingNumberParams } from '@jejak/contract'
import { troubleOf } from '@jejak/core/checking'
import { etagOf, matchesEtag, spliceFreshness } from '@jejak/core/tracking'
import { type TrackingDocumentRow, wakeTracking } from '@jejak/db'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { createDocumentReader } from '../document-reader.ts'
import { freshnessOfRow } from '../freshness-of-row.ts'
import { HttpProblem } from '../http-problem.ts'
import { problemResponses } from '../plugins/openapi.ts'

const shortCacheMs = 5_000

/** How long others may keep an answer: until the next check is due, within the limits; a few seconds once it is late. */
export const cacheSeconds = ({ state, nextCheckAt }: Freshness, now: Date, cacheMaxMs: number): number => {
  const untilCheckMs = nextCheckAt === null ? 0 : Date.parse(nextCheckAt) - now.getTime()
  const wishedMs = state === 'final' ? cacheMaxMs : Math.max(shortCacheMs, untilCheckMs)
  return Math.floor(Math.min(cacheMaxMs, wishedMs) / 1000)
}

/** Whether it is worth asking to wake this row; the statement decides, with what readers of this moment cannot know. */
const mayWake = (row: TrackingDocumentRow, { state }: Freshness, wokenBefore: Date): boolean =>
  state === 'expired' && (row.wokenAt === null || row.wokenAt < wokenBefore)

const openHeaders = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'ETag, X-Request-Id' }

/** Public read: one indexed statement, never asks EasyParcel, safe to cache and to fetch from any page. */
export const trackRoutes =
  ({ config, db, reads, log, now }: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const reader = createDocumentReader(reads, { connections: config.database.readPoolMax })
    const { cacheTtlMs, expiredWakeMs } = config.tracking
    const { cacheMaxMs } = config.http

    const wake = (row: TrackingDocumentRow, at: Date, wokenBefore: Date): void => {
      wakeTracking(db.sql, { trackingId: row.id, now: at, wokenBefore }).catch((err: Error) =>
        log.error({ err, trackingId: row.id }, 'an expired tracking could not be woken'),
      )
    }

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
        if (!row) throw unknownNumber(trackingNumber, cacheMaxMs)
        const at = now()
        const freshness = freshnessOfRow(row, troubleOf(row, at, config.tracking), { now: at, cacheTtlMs })
        const wokenBefore = new Date(at.getTime() - expiredWakeMs)
        if (mayWake(row, freshness, wokenBefore)) wake(row, at, wokenBefore)
        const etag = etagOf(row.documentVersion, freshness)
        reply.header('etag', etag).header('cache-control', `public, max-age=${cacheSeconds(freshness, at, cacheMaxMs)}`)
        if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send(null)
        return reply
          .type('application/json; charset=utf-8')
          .send(spliceFreshness(row.document, freshness) as unknown as z.infer<typeof trackingDocument>)
      },
    )
  }

const unknownNumber = (trackingNumber: string, cacheMaxMs: number): HttpProblem =>
  new HttpProblem(
    'not_found',
    `${trackingNumber} is not registered here. Check the number on the label; a parcel shows up once its shop has registered it.`,
    { headers: { 'cache-control': `public, max-age=${Math.floor(Math.min(cacheMaxMs, shortCacheMs) / 1000)}` } },
  )
