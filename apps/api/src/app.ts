import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { connectionCallbackRoutes } from './account/connection-callback.ts'
import { linkPageRoutes } from './account/link-page.ts'
import { linkRoutes } from './account/links.ts'
import { ownAccountRoutes } from './account/own-account.ts'
import { sessionRoutes } from './account/session.ts'
import type { Deps } from './api-deps.ts'
import { createRouteDeps, type RouteDeps } from './deps.ts'
import { createNetworks } from './http/address-block.ts'
import { joinableDbs } from './http/answers/joinable-dbs.ts'
import { addKeptAnswers } from './http/answers/keep-answers.ts'
import { addRefusalLog } from './http/audit-refusals.ts'
import { addAuth } from './http/auth.ts'
import { addErrors, createProblemSender, type ProblemSender } from './http/errors.ts'
import { addHeaders, createHeaderSetter } from './http/headers.ts'
import { createHttpServer } from './http/http-server.ts'
import { addLimits, countRefusals } from './http/limits/limit-requests.ts'
import { addOpenapi } from './http/openapi.ts'
import { addOverload } from './http/overload.ts'
import { createProblemViews } from './http/problem-pages.ts'
import { requestIdOf } from './http/request-id.ts'
import { addRequestLog } from './http/request-log.ts'
import { addSlowClientLimits, cutLater } from './http/slow-clients.ts'
import { answerUnreadable } from './http/unreadable-requests.ts'
import { healthRoutes } from './operator/health.ts'
import { queueRoutes } from './operator/queues.ts'
import { systemRoutes } from './operator/system.ts'
import { textRoutes } from './operator/texts.ts'
import { tickRoutes } from './operator/ticks.ts'
import { browserFileRoutes } from './public/browser-files.ts'
import { calendarRoutes } from './public/calendar.ts'
import { liveRoutes } from './public/live.ts'
import { orderLookupRoutes } from './public/order-lookup.ts'
import { pageRoutes } from './public/page.ts'
import { createPageRenderer } from './public/page-renderer.ts'
import { reportRoutes } from './public/reports.ts'
import { trackRoutes } from './public/track.ts'
import { widgetRoutes } from './public/widget.ts'
import { signedLinkRoutes } from './shop/signed-link.ts'
import { registrationRoutes, trackingRoutes } from './shop/trackings.ts'
import { trackingImportRoutes } from './shop/trackings-import.ts'
import { trackingListRoutes } from './shop/trackings-list.ts'
import { analyticsRoutes } from './staff/analytics.ts'
import { attentionRoutes } from './staff/attention.ts'
import { auditRoutes } from './staff/audit.ts'
import { callRoutes } from './staff/calls.ts'
import { connectionRoutes } from './staff/connections.ts'
import { eventRoutes } from './staff/events.ts'
import { jobRoutes } from './staff/jobs.ts'
import { keyRoutes } from './staff/keys.ts'
import { meRoutes } from './staff/me.ts'
import { noteRoutes } from './staff/notes.ts'
import { overviewRoutes } from './staff/overview.ts'
import { privacyRoutes } from './staff/privacy.ts'
import { refreshRoutes } from './staff/refresh.ts'
import { refreshParcelRoutes } from './staff/refresh-parcels.ts'
import { refreshRunRoutes } from './staff/refreshes.ts'
import { searchRoutes } from './staff/search.ts'
import { settingRoutes } from './staff/settings.ts'
import { shopFaceRoutes } from './staff/shop-face.ts'
import { storyRoutes } from './staff/story.ts'
import { syncRoutes } from './staff/sync.ts'
import { teamRoutes } from './staff/team.ts'
import { undoRoutes } from './staff/undo.ts'
import { usageRoutes } from './staff/usage.ts'
import { viewRoutes } from './staff/views.ts'

export type { Deps } from './api-deps.ts'

/** Each adds its routes to a plugin of its own, so that what one reads in a body is not read by others. */
const routes: readonly ((app: FastifyInstance, deps: RouteDeps) => void | Promise<void>)[] = [
  trackRoutes,
  liveRoutes,
  orderLookupRoutes,
  reportRoutes,
  calendarRoutes,
  registrationRoutes,
  trackingRoutes,
  trackingListRoutes,
  viewRoutes,
  trackingImportRoutes,
  signedLinkRoutes,
  attentionRoutes,
  noteRoutes,
  undoRoutes,
  refreshRoutes,
  refreshRunRoutes,
  refreshParcelRoutes,
  privacyRoutes,
  jobRoutes,
  tickRoutes,
  textRoutes,
  queueRoutes,
  overviewRoutes,
  callRoutes,
  usageRoutes,
  eventRoutes,
  systemRoutes,
  analyticsRoutes,
  meRoutes,
  searchRoutes,
  storyRoutes,
  connectionRoutes,
  syncRoutes,
  connectionCallbackRoutes,
  shopFaceRoutes,
  settingRoutes,
  auditRoutes,
  teamRoutes,
  keyRoutes,
  sessionRoutes,
  ownAccountRoutes,
  linkRoutes,
  linkPageRoutes,
  healthRoutes,
  pageRoutes,
  widgetRoutes,
  browserFileRoutes,
]

/** The whole API, ready for `listen` or `inject`: what applies to every request first, then one plugin a resource. */
export const buildApp = async (deps: Deps): Promise<FastifyInstance> => {
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
      if (!isPreflight) refuse({ request, reply }, error)
    },
  })
  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  addSlowClientLimits(app, config.http)
  closeIdleUntilClosed(app)
  addHeaders(app, setHeaders)
  addRequestLog(app, deps)
  const limits = addLimits(app, deps)
  addOverload(app, { config, log, show: showProblem })
  const refuse: ProblemSender = countRefusals(limits, createProblemSender(log, showProblem))
  addErrors(app, refuse)
  await app.register(cookie)
  addRefusalLog(app, deps)
  const letIn = addAuth(app, { ...deps, db: deps.accessDb, limits })
  await addOpenapi(app, config.http)
  const { hold, joinable } = joinableDbs(deps)
  addKeptAnswers(app, { ...deps, hold })
  const routeDeps = createRouteDeps(deps, { limits, letIn, renderPage, joinable })
  for (const addRoutes of routes) await app.register(async (own) => addRoutes(own, routeDeps))
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
