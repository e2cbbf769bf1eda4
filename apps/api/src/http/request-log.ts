import type { Counters } from '@jejak/core/counting'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Exchange } from './errors.ts'

/**
 * One line a request, built from these fields and no others: the route's pattern, never the address, since addresses hold tracking numbers.
 * Probes of the health routes are debug lines.
 */
const logRequest = (log: Logger, { request, reply }: Exchange): void => {
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

type Noting = { log: Logger; counters: Counters }

/** Streams last as long as their readers like. */
const isStream = (route: string): boolean => route.endsWith('/live') || route.endsWith('/events')

const countRequest = (counters: Counters, { request, reply }: Exchange): void => {
  const { url } = request.routeOptions
  const route = url === undefined ? 'none' : `${request.method} ${url}`
  counters.request({ route, status: reply.statusCode, ms: isStream(route) ? null : reply.elapsedTime })
}

/** Logs and counts a request that is over. */
export const noteRequest = ({ log, counters }: Noting, exchange: Exchange): void => {
  logRequest(log, exchange)
  countRequest(counters, exchange)
}

export const addRequestLog = (app: FastifyInstance, deps: Noting): void => {
  app.addHook('onResponse', (request, reply, done) => {
    noteRequest(deps, { request, reply })
    done()
  })
}
