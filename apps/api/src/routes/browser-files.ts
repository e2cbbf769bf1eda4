import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'

// Previews of shared links are fetched by these; everybody else has no business with other people's parcels.
const robots = `User-agent: facebookexternalhit
User-agent: TelegramBot
User-agent: Twitterbot
User-agent: WhatsApp
Disallow: /v1/

User-agent: *
Disallow: /t/
Disallow: /v1/
`

const kept = { 'cache-control': 'public, max-age=86400' }

/** What browsers and crawlers ask for by themselves, so that nobody behind their address pays for a miss. Pages carry their icon inside. */
export const browserFileRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get('/robots.txt', { schema: { hide: true } }, (_, reply) => reply.headers(kept).type('text/plain').send(robots))
  for (const icon of ['/favicon.ico', '/apple-touch-icon*'])
    app.get(icon, { schema: { hide: true } }, (_, reply) => reply.code(204).headers(kept).send())
}
