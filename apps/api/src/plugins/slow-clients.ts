import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'

/** How long a client that was answered before it had sent everything may go on, so that it gets to read the answer. */
const lingerMs = 3_000
const checkEveryMs = 1_000

/** Whether more of the body is still to come. */
export const isStillSending = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)

/** What Node itself cuts: headers and bodies that take too long, within a second after their time is over. */
export const slowClientLimits = ({ http, live }: Deps['config']) => ({
  // A request may take as long as an import; each route but that one has the shorter limit of its own.
  requestTimeout: Math.max(http.importTimeoutMs, http.requestTimeoutMs),
  // Nothing moves in either direction: a client that never reads its answer, or a network that is gone. Live streams have a heartbeat.
  connectionTimeout: 2 * Math.max(http.requestTimeoutMs, live.heartbeatMs),
  http: {
    headersTimeout: http.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(checkEveryMs, http.requestTimeoutMs),
  },
})

/** Bounds what clients can hold open: how many connections, how long a body may take, and how long one goes on after it was answered. */
export const addSlowClientLimits = (
  app: FastifyInstance,
  { connectionsMax, requestTimeoutMs }: Deps['config']['http'],
) => {
  app.server.maxConnections = connectionsMax
  app.addHook('onRoute', (route) => {
    // Reads are bounded by the database's own limits, and stay free of a timer.
    if ([route.method].flat().some((method) => ['POST', 'PATCH', 'PUT', 'DELETE'].includes(method)))
      route.handlerTimeout ??= requestTimeoutMs
  })
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    if (isStillSending(raw)) setTimeout(() => raw.complete || raw.destroy(), lingerMs).unref()
    done()
  })
}
