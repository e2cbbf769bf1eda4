import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { matchesEtag } from '@jejak/core/parcels'
import { type PageSubject, readGiven, readSearch, type Searched } from '@jejak/tracking-page/page'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { acceptedEncoding } from '../http/accepted-encoding.ts'
import { addressOf } from '../http/address-block.ts'
import type { Exchange } from '../http/errors.ts'
import { publicRoute } from '../http/routes.ts'
import { type PageQuery, pageQuery } from './page-renderer.ts'
import { createPageSubjects } from './page-subjects.ts'
import { createShopFaces, type FaceAsked, type ShownShop } from './shop-faces.ts'

const searchForm = pageQuery.omit({ k: true }).extend({ number: z.string().max(2_000).default('').catch('') })
const anyNumber = z.object({ trackingNumber: z.string() })
const anyRest = z.object({ '*': z.string() })
const typedMax = 300

/** Who has nothing left is refused before anything is read of what was asked. */
const aPage = { limit: 'visits' } as const

/** `typed` stands in the address; what was posted is not repeated. */
type Asked = { query: PageQuery; searched?: Searched; typed?: string }

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }
const pack = { br: (html: string) => promisify(brotliCompress)(html, quick), gzip: promisify(gzip) }

/** Of everything a page shows, its times to the minute included; only the widget reads the instant it was made. */
const tagOf = (html: string): string =>
  `W/"${createHash('sha256')
    .update(html.replace(/ now="[^"]*"/, ''))
    .digest('base64url')
    .slice(0, 22)}"`

const sendHtml = async ({ request, reply }: Exchange, html: string): Promise<FastifyReply> => {
  const encoding = acceptedEncoding(request.headers['accept-encoding'])
  if (encoding) reply.header('content-encoding', encoding)
  return reply.send(encoding ? await pack[encoding](html) : html)
}

/** What a search or a mistyped address leads to is a page like another, but for the mistake. */
const statusOf = (subject: PageSubject, { typed }: Asked): number => {
  if (subject.kind !== 'none') return 200
  return typed === undefined && subject.notice !== 'wrong_shape' ? 200 : subject.httpStatus
}

/** The pages that people see: a parcel and a search. They are hidden from the API's description. */
export const pageRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const answer = createPageAnswers(deps)

  const search = (to: Exchange, { number, ...query }: z.infer<typeof searchForm>) => {
    const searched = readSearch(number)
    if (searched.kind === 'notice' && number.trim() !== '') return answer(to, { query, searched })
    const { shop, lang } = query
    const kept = new URLSearchParams({ ...(shop && { shop }), ...(lang && { lang }) }).toString()
    const target = searched.kind === 'number' ? `/t/${searched.number}` : '/'
    return to.reply.redirect(kept ? `${target}?${kept}` : target, 303)
  }

  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
  )

  publicRoute(app, {
    ...aPage,
    at: 'GET /',
    schema: { hide: true, querystring: pageQuery },
    handler: (request, reply) => answer({ request, reply }, { query: request.query }),
  })

  // Pages post what was typed: it may be a phone number, and addresses are logged on the way.
  publicRoute(app, {
    ...aPage,
    at: 'POST /t',
    schema: { hide: true, body: searchForm },
    handler: (request, reply) => search({ request, reply }, request.body),
  })
  publicRoute(app, {
    ...aPage,
    at: 'GET /t',
    schema: { hide: true, querystring: searchForm },
    handler: (request, reply) => search({ request, reply }, request.query),
  })

  publicRoute(app, {
    ...aPage,
    at: 'GET /t/:trackingNumber',
    schema: { hide: true, params: anyNumber, querystring: pageQuery },
    handler: (request, reply) => {
      const typed = request.params.trackingNumber
      return answer({ request, reply }, { query: request.query, searched: readGiven(typed), typed })
    },
  })

  // An address pasted behind ours, whose query became ours.
  publicRoute(app, {
    ...aPage,
    at: 'GET /t/*',
    schema: { hide: true, params: anyRest, querystring: pageQuery },
    handler: (request, reply) => {
      const typed = (request.params['*'] + (/\?.*/.exec(request.url)?.[0] ?? '')).slice(0, typedMax)
      return answer({ request, reply }, { query: request.query, searched: readSearch(typed), typed })
    },
  })
}

/** Makes what answers with a page, under the face of its shop where that can be found. */
const createPageAnswers = (deps: RouteDeps) => {
  const { log, renderPage } = deps
  const findShop = createShopFaces(deps)
  const findSubject = createPageSubjects(deps, findShop)

  const findFace = (asked: FaceAsked): Promise<ShownShop | null> =>
    findShop(asked).catch((err: Error) => {
      log.warn({ err }, 'a page is shown without the name and logo of its shop')
      return null
    })

  return async ({ request, reply }: Exchange, asked: Asked): Promise<FastifyReply> => {
    const { query, searched, typed = '' } = asked
    const found = await findSubject(request, { ...query, searched, typed, address: addressOf(request) })
    const { subject, shop: linked } = found
    const trackingNumber = subject.kind === 'parcel' ? subject.document.trackingNumber : undefined
    const shop = linked ?? (await findFace({ shop: query.shop, trackingNumber }))
    const { html, headers } = renderPage(request, { subject, query, shop, slug: linked?.slug ?? query.shop ?? null })
    reply.code(statusOf(subject, asked)).headers({ ...found.headers, ...headers })
    if (subject.kind === 'none' || query.k) return sendHtml({ request, reply }, html)
    const etag = tagOf(html)
    reply.header('etag', etag)
    if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send()
    return sendHtml({ request, reply }, html)
  }
}
