import { noticeForStatus, type PageSubject, readGiven } from '@jejak/web/page'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpProblem } from '../http-problem.ts'
import { type PageRenderer, pageQuery } from '../page-renderer.ts'
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

const subjectOf = ({ status }: HttpProblem, { url }: FastifyRequest): PageSubject => {
  const typed = decoded(ofPeople.exec(url)?.[1] ?? '').slice(0, typedMax)
  if (status === 404) return { kind: 'none', typed: '', notice: 'page_not_here', httpStatus: status }
  const searched = readGiven(typed)
  const mistake = searched.kind === 'notice' ? searched.notice : 'wrong_shape'
  return { kind: 'none', typed, notice: status < 429 ? mistake : noticeForStatus(status), httpStatus: status }
}

export type ShowProblem = typeof sendProblem

/** Shows a problem to people as a page and to programs as problem+json, by the address and by what its reader accepts. */
export const createProblemViews =
  (render: PageRenderer): ShowProblem =>
  (reply, problem, request): FastifyReply => {
    if (!isForPeople(request)) return sendProblem(reply, problem, request)
    const query = pageQuery.parse(request.query ?? {})
    const { html, headers } = render(request, {
      subject: subjectOf(problem, request),
      query,
      shop: null,
      slug: query.shop ?? null,
    })
    return reply
      .code(problem.status)
      .headers({ ...headers, 'cache-control': 'no-store', ...problem.headers })
      .send(html)
  }
