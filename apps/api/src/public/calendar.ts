import { createHash } from 'node:crypto'
import { orderLookupQuery, trackingNumberParams } from '@jejak/contract'
import { matchesEtag, readDocument } from '@jejak/core/parcels'
import { pickLanguage } from '@jejak/tracking-page/page'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { publicRoute } from '../http/routes.ts'
import { renderCalendar } from './calendar/render-calendar.ts'
import { unknownNumber } from './public-answer.ts'

const calendarQuery = orderLookupQuery.extend({
  // As pages take it: what no one speaks is English.
  lang: z
    .string()
    .max(35)
    .optional()
    .catch(undefined)
    .meta({ description: 'Language of the event, such as ms or zh-CN' }),
})

/** A parcel's day for calendar programs, which come back by themselves and move the event when the day changes. */
export const calendarRoutes = (
  app: FastifyInstance,
  { answerOf, config, count, documents, settingsOf }: RouteDeps,
): void => {
  const { cacheMaxMs, publicUrl } = config.http

  publicRoute(app, {
    at: 'GET /v1/track/:trackingNumber/calendar.ics',
    limit: 'visits',
    schema: {
      summary: 'The day of a delivery, for calendars',
      description:
        'An iCalendar feed to subscribe to: one all-day event on the expected or actual day, or no event while the day is not known.',
      params: trackingNumberParams,
      querystring: calendarQuery,
      response: {
        200: { description: 'The calendar', content: { 'text/calendar': { schema: z.string() } } },
        304: z.null().meta({ description: 'Nothing changed' }),
      },
    },
    problems: [404],
    handler: async (request, reply) => {
      const { trackingNumber } = request.params
      const { lang, shop } = request.query
      const row = await documents.find(trackingNumber, shop)
      if (!row) {
        count(request, { way: 'calendar', shop, lang, state: 'missing' })
        throw unknownNumber(trackingNumber, config.http)
      }
      count(request, { way: 'calendar', row, lang, state: answerOf(row).state })
      const { changedAt } = row
      const language = pickLanguage([lang])
      const calendar = renderCalendar({
        document: readDocument(row.document),
        changedAt,
        publicUrl,
        timezone: settingsOf(row.organizationId).timezone,
        language,
      })
      const etag = `"${createHash('sha256').update(calendar).digest('base64url').slice(0, 22)}"`
      reply.header('etag', etag).header('cache-control', `public, max-age=${Math.floor(cacheMaxMs / 1000)}`)
      if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send(null)
      return reply
        .type('text/calendar; charset=utf-8; method=PUBLISH')
        .header('content-disposition', `inline; filename="${row.trackingNumber}.ics"`)
        .send(calendar)
    },
  })
}
