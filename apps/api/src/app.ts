import Fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { createNetworks } from './address-block.ts'
import { type Deps, withPublicDeps } from './deps.ts'
import { createHttpServer } from './http-server.ts'
import { createPageRenderer } from './page-renderer.ts'
import { addAuth } from './plugins/auth.ts'
import { addErrors, createProblemSender, type ProblemSender } from './plugins/errors.ts'
import { addHeaders, createHeaderSetter } from './plugins/headers.ts'
import { addLimits, countRefusals } from './plugins/limits.ts'
import { addOpenapi } from './plugins/openapi.ts'
import { addOverload } from './plugins/overload.ts'
import { createProblemViews } from './plugins/problem-pages.ts'
import { requestIdOf } from './plugins/request-id.ts'
import { addRequestLog } from './plugins/request-log.ts'
import { addSlowClientLimits, cutLater } from './plugins/slow-clients.ts'
import { answerUnreadable } from './plugins/unreadable-requests.ts'
import { adminAttentionRoutes } from './routes/admin-attention.ts'
import { adminOverviewRoutes } from './routes/admin-overview.ts'
import { adminRefreshRoutes } from './routes/admin-refresh.ts'
import { adminTickRoutes } from './routes/admin-ticks.ts'
import { browserFileRoutes } from './routes/browser-files.ts'
import { calendarRoutes } from './routes/calendar.ts'
import { healthRoutes } from './routes/health.ts'
import { liveRoutes } from './routes/live.ts'
import { orderLookupRoutes } from './routes/order-lookup.ts'
import { pageRoutes } from './routes/page.ts'
import { reportRoutes } from './routes/reports.ts'
import { shopRoutes } from './routes/shop.ts'
import { trackRoutes } from './routes/track.ts'
import { trackLinkRoutes } from './routes/track-links.ts'
import { trackingRoutes } from './routes/trackings.ts'
import { trackingImportRoutes } from './routes/trackings-import.ts'
import { trackingListRoutes } from './routes/trackings-list.ts'
import { widgetRoutes } from './routes/widget.ts'

export type { Deps } from './deps.ts'

/** The whole API, ready for `listen` or `inject`: what applies to every request first, then one plugin a resource. */
export const buildApp = async (given: Deps): Promise<FastifyInstance> => {
  const deps = withPublicDeps(given)
  const { config, log } = deps
  const setHeaders = createHeaderSetter(config.http)
  const isProxy = createNetworks(config.http.trustedProxies)
  const renderPage = createPageRenderer(deps)
  const showProblem = createProblemViews({ render: renderPage, now: deps.now })
  const app = Fastify({
    ...serverOptions(config),
    serverFactory: (handle) => createHttpServer(config, { handle, isProxy }),
    // Our own line a request is all that is logged; Fastify's would hold addresses.
    logger: false,
    genReqId: requestIdOf,
    trustProxy: config.http.trustedProxies.length > 0 && isProxy,
    clientErrorHandler: answerUnreadable,
    // What the router cannot read passes no hook.
    frameworkErrors: (error, request, reply) => {
      const isPreflight = setHeaders(request, reply)
      reply.raw.once('finish', () => cutLater(request.raw))
      if (!isPreflight) refuse(error, request, reply)
    },
  })
  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  addSlowClientLimits(app, config.http)
  closeIdleUntilClosed(app)
  addHeaders(app, setHeaders)
  addRequestLog(app, log)
  const limits = addLimits(app, deps)
  addOverload(app, deps, showProblem)
  const refuse: ProblemSender = countRefusals(limits, createProblemSender(log, showProblem))
  addErrors(app, refuse)
  const requireScope = addAuth(app, deps, limits)
  await addOpenapi(app, config.http)
  await app.register(trackRoutes(deps))
  await app.register(liveRoutes(deps))
  await app.register(orderLookupRoutes(deps, limits))
  await app.register(reportRoutes(deps, limits))
  await app.register(calendarRoutes(deps))
  await app.register(trackingRoutes(deps, requireScope))
  await app.register(trackingListRoutes(deps, requireScope))
  await app.register(trackingImportRoutes(deps, requireScope))
  await app.register(trackLinkRoutes(deps, requireScope))
  await app.register(shopRoutes(deps, requireScope))
  await app.register(adminAttentionRoutes(deps, requireScope))
  await app.register(adminRefreshRoutes(deps, requireScope))
  await app.register(adminTickRoutes(deps, requireScope))
  await app.register(adminOverviewRoutes(deps, requireScope))
  await app.register(healthRoutes(deps))
  await app.register(pageRoutes(deps, { limits, render: renderPage }))
  await app.register(widgetRoutes)
  await app.register(browserFileRoutes)
  return app
}

const serverOptions = (config: Deps['config']) => ({
  bodyLimit: config.http.bodyLimitBytes,
  forceCloseConnections: 'idle' as const,
  // A request on a connection kept open is still answered while the server closes.
  return503OnClosing: false,
  routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
})

/** Connections that fall idle only after closing has begun would otherwise be waited for until their keep-alive ends. */
const closeIdleUntilClosed = (app: FastifyInstance): void => {
  app.addHook('preClose', (done) => {
    const timer = setInterval(() => app.server.closeIdleConnections(), 100)
    app.server.once('close', () => clearInterval(timer))
    if (!app.server.listening) clearInterval(timer)
    done()
  })
}
