import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Exchange } from './errors.ts'

/**
 * One line a request, built from these fields and no others: the route's pattern, never the address, since addresses hold tracking numbers.
 * Probes of the health routes are debug lines.
 */
export const logRequest = (log: Logger, { request, reply }: Exchange): void => {
  const route = request.routeOptions.url ?? 'none'
  const line = {
    method: request.method,
    route,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    requestId: request.id,
    ...(request.session ? { user: request.session.userId } : request.caller?.loggedAs),
  }
  if (route.startsWith('/health/')) log.debug(line, 'request')
  else log.info(line, 'request')
}

export const addRequestLog = (app: FastifyInstance, log: Logger): void => {
  app.addHook('onResponse', (request, reply, done) => {
    logRequest(log, { request, reply })
    done()
  })
}
