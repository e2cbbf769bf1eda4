import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { trackQuery } from '@jejak/contract'
import { findWidgetFile, type PageSubject, pickLanguage, renderPage } from '@jejak/web/page'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { acceptedEncoding } from '../accepted-encoding.ts'
import { addressBlock } from '../address-block.ts'
import type { Deps } from '../deps.ts'
import type { Limits } from '../limits/limits.ts'
import { createPageSubjects } from '../page-subjects.ts'
import { findShopFace } from '../shop-faces.ts'

const langQuery = z.object({ lang: z.string().max(35).optional() })
const pageQuery = trackQuery.extend(langQuery.shape)
const goQuery = langQuery.extend({ number: z.string().max(200).default('') })
const anyNumber = z.object({ trackingNumber: z.string().max(200) })

type PageQuery = z.infer<typeof pageQuery>
type Answer = { request: FastifyRequest; reply: FastifyReply; query: PageQuery }

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }
const pack = { br: (html: string) => promisify(brotliCompress)(html, quick), gzip: promisify(gzip) }

/** `?lang=`, else the browser's wishes in their order. */
const languageOf = ({ headers }: FastifyRequest, lang: string | undefined) =>
  pickLanguage([lang, ...(headers['accept-language'] ?? '').slice(0, 200).split(',')])

const sendHtml = async ({ request, reply }: Answer, html: string): Promise<FastifyReply> => {
  const encoding = acceptedEncoding(request.headers['accept-encoding'])
  if (encoding) reply.header('content-encoding', encoding)
  return reply.type('text/html; charset=utf-8').send(encoding ? await pack[encoding](html) : html)
}

/** The pages that people see: a parcel and a search. They are hidden from the API's description. */
export const pageRoutes =
  (deps: Deps, limits: Limits): FastifyPluginAsyncZod =>
  async (app) => {
    const { config, log, now } = deps
    const findSubject = createPageSubjects(deps, limits)
    const widget = findWidgetFile()
    if (!widget) log.warn('the widget is not built, so pages come without it: pnpm --filter @jejak/web run build')

    const send = async (answer: Answer, subject: PageSubject): Promise<FastifyReply> => {
      const { request, reply, query } = answer
      const isTrouble = subject.kind === 'none' && subject.httpStatus >= 429
      const trackingNumber = subject.kind === 'parcel' ? subject.document.trackingNumber : undefined
      const { html, contentSecurityPolicy } = renderPage(subject, {
        language: languageOf(request, query.lang),
        now: now(),
        timeZone: config.tracking.timezone,
        shop: isTrouble ? null : await findShopFace(deps, { ...query, trackingNumber }),
        url: `${config.http.publicUrl}${request.url.split('?')[0]}`,
        shopSlug: query.shop ?? null,
        linkKey: query.k ?? null,
        widgetUrl: widget && `/widget.js?v=${widget.version}`,
      })
      reply.code(subject.kind === 'none' ? subject.httpStatus : 200).headers({
        'content-security-policy': contentSecurityPolicy,
        'cache-control': 'private, no-cache',
        vary: 'accept-language, accept-encoding',
        'x-robots-tag': 'noindex',
      })
      return sendHtml(answer, html)
    }

    app.get('/', { schema: { hide: true, querystring: pageQuery } }, (request, reply) =>
      send({ request, reply, query: request.query }, { kind: 'search' }),
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
        const { params, query, ip } = request
        const asked = { trackingNumber: params.trackingNumber, shop: query.shop, address: addressBlock(ip) }
        const { subject, headers } = await findSubject(asked)
        return send({ request, reply: reply.headers(headers), query }, subject)
      },
    )
  }
