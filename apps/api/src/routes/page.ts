import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { parseTrackingNumber, type TrackingDocument, trackQuery } from '@jejak/contract'
import { findWidgetFile, type PageSubject, pickLanguage, renderPage } from '@jejak/web/page'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { acceptedEncoding } from '../accepted-encoding.ts'
import type { Deps } from '../deps.ts'
import { createDocumentReader, createShopDocumentReader } from '../document-reader.ts'
import { createPublicAnswers } from '../public-answer.ts'
import { findShopFace } from '../shop-faces.ts'

const langQuery = z.object({ lang: z.string().max(35).optional() })
const pageQuery = trackQuery.extend(langQuery.shape)
const goQuery = langQuery.extend({ number: z.string().max(200).default('') })
const anyNumber = z.object({ trackingNumber: z.string().max(200) })

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }
const pack = { br: (html: string) => promisify(brotliCompress)(html, quick), gzip: promisify(gzip) }

type PageQuery = z.infer<typeof pageQuery>

/** `?lang=`, else the browser's wishes in their order. */
const languageOf = ({ headers }: FastifyRequest, lang: string | undefined) =>
  pickLanguage([lang, ...(headers['accept-language'] ?? '').slice(0, 200).split(',')])

/** The pages that people see: a parcel and a search. They are hidden from the API's description. */
export const pageRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const { config, reads, now } = deps
    const connections = config.database.readPoolMax
    const reader = createDocumentReader(reads, { connections })
    const ofShop = createShopDocumentReader(reads, { connections })
    const answerOf = createPublicAnswers(deps)
    const widget = findWidgetFile()
    if (!widget) deps.log.warn('the widget is not built, so pages come without it: pnpm --filter @jejak/web run build')

    const find = async (trackingNumber: string, shop: string | undefined): Promise<PageSubject> => {
      const parsed = parseTrackingNumber(trackingNumber)
      if (!parsed.ok) return { kind: 'none', trackingNumber, httpStatus: 400 }
      const row = await (shop ? ofShop.find(shop, parsed.trackingNumber) : reader.find(parsed.trackingNumber))
      if (!row) return { kind: 'none', trackingNumber: parsed.trackingNumber, httpStatus: 404 }
      return { kind: 'parcel', document: JSON.parse(answerOf(row).text()) as TrackingDocument }
    }

    const send = async (
      request: FastifyRequest,
      reply: FastifyReply,
      page: { subject: PageSubject; query: PageQuery },
    ) => {
      const { subject, query } = page
      const { html, contentSecurityPolicy } = renderPage(subject, {
        language: languageOf(request, query.lang),
        now: now(),
        timeZone: config.tracking.timezone,
        shop: await findShopFace(deps, {
          ...query,
          trackingNumber: subject.kind === 'parcel' ? subject.document.trackingNumber : undefined,
        }),
        url: `${config.http.publicUrl}${request.url.split('?')[0]}`,
        shopSlug: query.shop ?? null,
        linkKey: query.k ?? null,
        widgetUrl: widget && `/widget.js?v=${widget.version}`,
      })
      const encoding = acceptedEncoding(request.headers['accept-encoding'])
      if (encoding) reply.header('content-encoding', encoding)
      return reply
        .code(subject.kind === 'none' ? subject.httpStatus : 200)
        .headers({
          'content-security-policy': contentSecurityPolicy,
          'cache-control': 'private, no-cache',
          vary: 'accept-language, accept-encoding',
          'x-robots-tag': 'noindex',
        })
        .type('text/html; charset=utf-8')
        .send(encoding ? await pack[encoding](html) : html)
    }

    app.get('/', { schema: { hide: true, querystring: pageQuery } }, (request, reply) =>
      send(request, reply, { subject: { kind: 'search' }, query: request.query }),
    )

    app.get('/t', { schema: { hide: true, querystring: goQuery } }, (request, reply) => {
      const { number, lang } = request.query
      const query = lang ? `?${new URLSearchParams({ lang })}` : ''
      const target = number.trim() === '' ? '/' : `/t/${encodeURIComponent(number.trim())}`
      return reply.redirect(`${target}${query}`, 303)
    })

    app.get(
      '/t/:trackingNumber',
      { schema: { hide: true, params: anyNumber, querystring: pageQuery } },
      async (request, reply) => {
        const subject = await find(request.params.trackingNumber, request.query.shop)
        return send(request, reply, { subject, query: request.query })
      },
    )
  }
