import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { trackQuery } from '@jejak/contract'
import { findWidgetFile, offeredLanguages, type PageSubject, pickLanguage, renderPage } from '@jejak/web/page'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { acceptedEncoding } from '../accepted-encoding.ts'
import { addressOf } from '../address-block.ts'
import type { PublicDeps } from '../deps.ts'
import type { Limits } from '../limits/limits.ts'
import { createPageSubjects } from '../page-subjects.ts'
import { createShopFaces, type FaceAsked, type ShownShop } from '../shop-faces.ts'

// People get a page whatever stands in the address: what cannot be read is as if it were not there.
const { shop, k } = trackQuery.shape
const langQuery = z.object({ lang: z.string().max(35).optional().catch(undefined) })
const pageQuery = langQuery.extend({ shop: shop.catch(undefined), k: k.catch(undefined) })
const goQuery = pageQuery.omit({ k: true }).extend({ number: z.string().max(200).default('').catch('') })
const anyNumber = z.object({ trackingNumber: z.string().max(200) })

type PageQuery = z.infer<typeof pageQuery>
type PageRequest = FastifyRequest & { query: PageQuery }
type Answer = { request: FastifyRequest; reply: FastifyReply; query: PageQuery }

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }
const pack = { br: (html: string) => promisify(brotliCompress)(html, quick), gzip: promisify(gzip) }

/** `?lang=`, else the browser's wishes in their order. */
const wishesOf = ({ request: { headers }, query: { lang } }: Answer) => [
  lang,
  ...(headers['accept-language'] ?? '').slice(0, 200).split(','),
]

const sendHtml = async ({ request, reply }: Answer, html: string): Promise<FastifyReply> => {
  const encoding = acceptedEncoding(request.headers['accept-encoding'])
  if (encoding) reply.header('content-encoding', encoding)
  return reply.type('text/html; charset=utf-8').send(encoding ? await pack[encoding](html) : html)
}

/** The pages that people see: a parcel and a search. They are hidden from the API's description. */
export const pageRoutes =
  (deps: PublicDeps, limits: Limits): FastifyPluginAsyncZod =>
  async (app) => {
    const { config, log, now } = deps
    const findShop = createShopFaces(deps)
    const findSubject = createPageSubjects(deps, limits, findShop)
    const widget = findWidgetFile()
    if (!widget) log.warn('the widget is not built, so pages come without it: pnpm --filter @jejak/web run build')

    const findFace = (asked: FaceAsked): Promise<ShownShop | null> =>
      findShop(asked).catch((err: Error) => {
        log.warn({ err }, 'a page goes without the face of its shop')
        return null
      })

    const send = async (answer: Answer, subject: PageSubject, linked: ShownShop | null): Promise<FastifyReply> => {
      const { request, reply, query } = answer
      const isTrouble = subject.kind === 'none' && subject.httpStatus >= 429
      const trackingNumber = subject.kind === 'parcel' ? subject.document.trackingNumber : undefined
      const shop = isTrouble ? null : (linked ?? (await findFace({ shop: query.shop, trackingNumber })))
      const languages = offeredLanguages(shop?.languages)
      const { html, contentSecurityPolicy } = renderPage(subject, {
        language: pickLanguage(wishesOf(answer), languages),
        languages,
        now: now(),
        timeZone: config.tracking.timezone,
        shop: shop?.face ?? null,
        url: `${config.http.publicUrl}${request.url.split('?')[0]}`,
        shopSlug: linked?.slug ?? query.shop ?? null,
        linkKey: query.k ?? null,
        widgetUrl: widget && `/widget.js?v=${widget.version}`,
      })
      reply.code(subject.kind === 'none' ? subject.httpStatus : 200).headers({
        'content-security-policy': contentSecurityPolicy,
        'cache-control': query.k ? 'private, no-store' : 'private, no-cache',
        vary: 'accept-language, accept-encoding',
      })
      return sendHtml(answer, html)
    }

    const answer = async (request: PageRequest, reply: FastifyReply, trackingNumber?: string) => {
      const { query } = request
      const { subject, headers, shop } = await findSubject({ ...query, trackingNumber, address: addressOf(request) })
      return send({ request, reply: reply.headers(headers), query }, subject, shop ?? null)
    }

    app.get('/', { schema: { hide: true, querystring: pageQuery } }, (request, reply) => answer(request, reply))

    app.get('/t', { schema: { hide: true, querystring: goQuery } }, (request, reply) => {
      const { number, shop, lang } = request.query
      const query = new URLSearchParams({ ...(shop && { shop }), ...(lang && { lang }) }).toString()
      const target = number.trim() === '' ? '/' : `/t/${encodeURIComponent(number.trim())}`
      return reply.redirect(query ? `${target}?${query}` : target, 303)
    })

    app.get(
      '/t/:trackingNumber',
      { schema: { hide: true, params: anyNumber, querystring: pageQuery } },
      (request, reply) => answer(request, reply, request.params.trackingNumber),
    )
  }
