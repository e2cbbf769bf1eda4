import type { FastifyInstance } from 'fastify'

/** On every answer: nothing here may be framed, sniffed as another type, or run as a page. */
const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export const addHeaders = (app: FastifyInstance, { publicUrl }: { publicUrl: string }): void => {
  const headers = publicUrl.startsWith('https:')
    ? { ...securityHeaders, 'strict-transport-security': 'max-age=31536000' }
    : securityHeaders
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers).header('x-request-id', request.id)
    done()
  })
}
