import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** On every answer: nothing here may be framed, sniffed as another type, run as a page or listed by a search engine, or kept unless its route allows it. */
const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex',
}

// Shops embed what reads and writes these: every answer, whatever went wrong, may be read from any page. /v1/trackings is another matter.
const openToAnyPage = /^\/(?:v1\/track|widget\.js)(?:[/?]|$)/
const openHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Age, Date, ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
}

/** What a browser is told, beside that, before a page of another site asks. `*` stands for all but Authorization, which no open route reads. */
const preflightHeaders = {
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-allow-headers': 'cache-control, content-type, if-none-match, last-event-id, x-request-id, *',
  'access-control-max-age': '86400',
}

/** True when a request was a preflight, and is answered. */
export type HeaderSetter = (request: FastifyRequest, reply: FastifyReply) => boolean

/** Makes what puts on an answer the headers that it carries whatever becomes of its request. Preflights of open routes end here, uncounted. */
export const createHeaderSetter = ({ publicUrl }: { publicUrl: string }): HeaderSetter => {
  const ofAll = publicUrl.startsWith('https:')
    ? { ...securityHeaders, 'strict-transport-security': 'max-age=31536000' }
    : securityHeaders
  const ofOpen = { ...ofAll, ...openHeaders }
  return (request, reply) => {
    const isOpen = openToAnyPage.test(request.url)
    reply.headers(isOpen ? ofOpen : ofAll).header('x-request-id', request.id)
    if (!isOpen || request.method !== 'OPTIONS') return false
    reply.code(204).headers(preflightHeaders).send()
    return true
  }
}

/** Comes before every hook that may answer or count. */
export const addHeaders = (app: FastifyInstance, setHeaders: HeaderSetter): void => {
  app.addHook('onRequest', (request, reply, done) => {
    if (!setHeaders(request, reply)) done()
  })
}
