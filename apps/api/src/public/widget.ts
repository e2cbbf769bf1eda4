import { matchesEtag } from '@jejak/core/parcels'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { acceptedEncoding } from '../http/accepted-encoding.ts'
import { notFound } from '../http/http-problem.ts'
import { publicRoute } from '../http/routes.ts'
import { findWidgetFile } from './widget-file.ts'

const dayS = 86_400
const yearS = 365 * dayS

/** Shops embed the plain address, which must be able to change; our pages name the version, which never does. */
const cacheControl = (isVersioned: boolean): string =>
  isVersioned ? `public, max-age=${yearS}, immutable` : `public, max-age=3600, stale-while-revalidate=${dayS}`

/** `GET /widget.js`: one file, compressed once, for any page. */
export const widgetRoutes = (app: FastifyInstance): void => {
  const widget = findWidgetFile()
  publicRoute(app, {
    at: 'GET /widget.js',
    limit: 'none',
    schema: { hide: true, querystring: z.object({ v: z.string().max(40).optional() }) },
    handler: (request, reply) => {
      if (!widget) throw notFound('The widget is not built: pnpm --filter @jejak/widget run build')
      const encoding = acceptedEncoding(request.headers['accept-encoding'])
      const etag = `"${widget.version}${encoding ? `-${encoding}` : ''}"`
      reply.headers({
        etag,
        'cache-control': cacheControl(request.query.v === widget.version),
        vary: 'accept-encoding',
        'cross-origin-resource-policy': 'cross-origin',
      })
      if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send()
      if (encoding) reply.header('content-encoding', encoding)
      const form = encoding === 'br' ? 'brotli' : (encoding ?? 'plain')
      return reply.type('text/javascript; charset=utf-8').send(widget[form])
    },
  })
}
