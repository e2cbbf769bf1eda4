import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { plainError } from './answers/error-shapes.ts'
import { UnknownAccount } from './parcels.ts'
import { classicRoutes } from './routes/classic.ts'
import { controlRoutes } from './routes/control.ts'
import { oauthRoutes } from './routes/oauth.ts'
import { openApiRoutes } from './routes/open-api.ts'
import { webhookControlRoutes } from './routes/webhook-control.ts'
import { startWebhookSender } from './webhooks/sender.ts'
import type { World } from './world.ts'

const statusOf = (error: unknown): number => {
  const status = (error as { statusCode?: unknown }).statusCode
  return typeof status === 'number' && status >= 400 ? status : 500
}

/** All routes over one world; never listens. */
export const buildApp = (world: World): FastifyInstance => {
  const app = Fastify({
    forceCloseConnections: true,
    bodyLimit: 32 * 1024 * 1024,
    routerOptions: { ignoreTrailingSlash: true },
  })
  // courier/list is a GET that carries JSON.
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  )
  app.setErrorHandler((error, request, reply) => {
    if (request.url.startsWith('/_control')) {
      const isOurs = error instanceof z.ZodError || error instanceof UnknownAccount
      const message = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message
      return reply.code(isOurs ? 400 : statusOf(error)).send({ error: message })
    }
    const status = statusOf(error)
    return reply.code(status).send(plainError(status, status < 500 ? 'Bad Request' : 'Internal Server Error').body)
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(plainError(404, 'Not Found').body))
  oauthRoutes(app, world)
  openApiRoutes(app, world)
  classicRoutes(app, world)
  controlRoutes(app, world)
  webhookControlRoutes(app, startWebhookSender(world))
  return app
}
