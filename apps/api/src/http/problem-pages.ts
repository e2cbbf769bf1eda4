import { offeredLanguages, parseTrackingNumber } from '@jejak/contract'
import { noticeForStatus, type PageSubject, readGiven } from '@jejak/tracking-page/page'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { languageFor, type Page, type PageQuery, type PageRenderer, pageQuery } from '../public/page-renderer.ts'
import { sendProblem } from './errors.ts'

const ofPrograms = /^\/(?:v1|health|openapi\.json|widget\.js)(?:[/?]|$)/
const ofPeople = /^\/(?:t(?:\/([^?]*))?)?(?:\?|$)/

const isForPeople = ({ url, headers: { accept = '' } }: FastifyRequest): boolean =>
  ofPeople.test(url) || (accept.includes('text/html') && !ofPrograms.test(url))

const typedMax = 200

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const typedIn = ({ url }: FastifyRequest): string => decoded(ofPeople.exec(url)?.[1] ?? '').slice(0, typedMax)

const mistakeIn = (typed: string, httpStatus: number): PageSubject => {
  const searched = readGiven(typed)
  return { kind: 'none', typed, notice: searched.kind === 'notice' ? searched.notice : 'wrong_shape', httpStatus }
}

type Filled = { number: string | undefined; slug: string | undefined; k: string | undefined }

const holes = { number: 'JEJAK-HOLE-1', slug: 'jejak-hole-2', k: 'jejak-hole-3' }
const holeShape = new RegExp(`(${Object.values(holes).join('|')}| now="[^"]*")`)

/** Pages that are rendered once for each language: to refuse someone must cost less than to serve. What is filled in needs no escaping. */
const createReadyPages = (render: PageRenderer, now: () => Date) => {
  const ready = new Map<string, { pieces: readonly string[]; headers: Page['headers'] }>()
  const make = (httpStatus: number, lang: string, { number, slug, k }: Filled) => {
    const notice = httpStatus === 404 ? 'page_not_here' : noticeForStatus(httpStatus)
    const { html, headers } = render(
      { headers: {}, url: '/' },
      {
        subject: { kind: 'none', typed: number ? holes.number : '', notice, httpStatus },
        query: { lang, k: k && holes.k },
        shop: null,
        slug: slug ? holes.slug : null,
      },
    )
    return { pieces: html.split(holeShape), headers }
  }
  return (httpStatus: number, lang: string, filled: Filled): Page => {
    const key = [httpStatus, lang, ...Object.values(filled).map(Boolean)].join()
    const { pieces, headers } = ready.get(key) ?? make(httpStatus, lang, filled)
    ready.set(key, { pieces, headers })
    const values: Record<string, string | undefined> = Object.fromEntries(
      Object.entries(holes).map(([name, hole]) => [hole, filled[name as keyof Filled]]),
    )
    const fill = (piece: string) =>
      piece.startsWith(' now="') ? ` now="${now().toISOString()}"` : (values[piece] ?? piece)
    return { html: pieces.map(fill).join(''), headers }
  }
}

const filledFrom = (request: FastifyRequest, { shop, k }: PageQuery, status: number): Filled => {
  const parsed = parseTrackingNumber(status === 404 ? '' : typedIn(request))
  return {
    number: parsed.ok ? parsed.trackingNumber : undefined,
    slug: shop,
    k: k && /^[\w.-]+$/.test(k) ? k : undefined,
  }
}

export type ShowProblem = typeof sendProblem

/** Shows a problem to people as a page and to programs as problem+json, by the address and by what its reader accepts. */
export const createProblemViews = ({ render, now }: { render: PageRenderer; now: () => Date }): ShowProblem => {
  const readyPage = createReadyPages(render, now)
  return (exchange, problem): FastifyReply => {
    const { request, reply } = exchange
    if (!isForPeople(request)) return sendProblem(exchange, problem)
    const { status } = problem
    const query = pageQuery.parse(request.query ?? {})
    const lang = languageFor(request, { lang: query.lang, languages: offeredLanguages(undefined) })
    const { html, headers } =
      status === 404 || status >= 429
        ? readyPage(status, lang, filledFrom(request, query, status))
        : render(request, {
            subject: mistakeIn(typedIn(request), status),
            query,
            shop: null,
            slug: query.shop ?? null,
          })
    return reply
      .code(status)
      .headers({ ...headers, 'cache-control': 'no-store', ...problem.headers })
      .send(html)
  }
}
