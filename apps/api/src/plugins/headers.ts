import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** On every answer: nothing here may be framed, sniffed as another type, or run as a page. */
const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

// Shops embed what reads and writes these: every answer, whatever went wrong, may be read from any page. /v1/trackings is another matter.
const openToAnyPage = /^\/v1\/track(?:[/?]|$)/
const openHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Age, Date, ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
}

/** What a browser is told, beside that, before it posts to an open route from another page. */
export const preflightHeaders = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '86400',
}

export type HeaderSetter = (request: FastifyRequest, reply: FastifyReply) => void

/** Makes what puts on an answer the headers that it carries whatever becomes of its request. */
export const createHeaderSetter = ({ publicUrl }: { publicUrl: string }): HeaderSetter => {
  const ofAll = publicUrl.startsWith('https:')
    ? { ...securityHeaders, 'strict-transport-security': 'max-age=31536000' }
    : securityHeaders
  const ofOpen = { ...ofAll, ...openHeaders }
  return (request, reply) => {
    reply.headers(openToAnyPage.test(request.url) ? ofOpen : ofAll).header('x-request-id', request.id)
  }
}

/** Comes before every hook that may answer. */
export const addHeaders = (app: FastifyInstance, setHeaders: HeaderSetter): void => {
  app.addHook('onRequest', (request, reply, done) => {
    setHeaders(request, reply)
    done()
  })
}
