import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'

// Who may not fetch a page never learns that it is not to be listed, and calendars and previews of links ask here, too.
const robots = 'User-agent: *\nDisallow:\n'

const kept = { 'cache-control': 'public, max-age=86400' }

/** What browsers and crawlers ask for by themselves, so that nobody behind their address pays for a miss. Pages carry their icon inside. */
export const browserFileRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get('/robots.txt', { schema: { hide: true } }, (_, reply) => reply.headers(kept).type('text/plain').send(robots))
  for (const icon of ['/favicon.ico', '/apple-touch-icon*'])
    app.get(icon, { schema: { hide: true } }, (_, reply) => reply.code(204).headers(kept).send())
}
