import type { FastifyInstance } from 'fastify'
import { publicRoute } from '../http/routes.ts'

// Who may not fetch a page never learns that it is not to be listed, and calendars and previews of links ask here, too.
const robots = 'User-agent: *\nDisallow:\n'

const kept = { 'cache-control': 'public, max-age=86400' }
const aFile = { limit: 'none', schema: { hide: true } } as const

/** What browsers and crawlers ask for by themselves, so that no one behind their address pays for a miss. Pages carry their icon inside. */
export const browserFileRoutes = (app: FastifyInstance): void => {
  publicRoute(app, {
    ...aFile,
    at: 'GET /robots.txt',
    handler: (_, reply) => reply.headers(kept).type('text/plain').send(robots),
  })
  for (const at of ['GET /favicon.ico', 'GET /apple-touch-icon*'] as const)
    publicRoute(app, { ...aFile, at, handler: (_, reply) => reply.code(204).headers(kept).send() })
}
