import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Deps } from '../api-deps.ts'

/** How long a client that was answered before it had sent everything may go on, so that it gets to read the answer. */
const lingerMs = 3_000

/** Whether more of the body is still to come. */
export const isStillSending = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)

/** For requests that were answered: cuts off those that go on sending. */
export const cutLater = (raw: IncomingMessage): void => {
  if (isStillSending(raw)) setTimeout(() => raw.complete || raw.destroy(), lingerMs).unref()
}

/** Bounds how long a body may take, and how long one goes on after it was answered. */
export const addSlowClientLimits = (app: FastifyInstance, { requestTimeoutMs }: Deps['config']['http']) => {
  app.addHook('onRoute', (route) => {
    // Reads are bounded by the database's own limits, and stay free of a timer.
    if ([route.method].flat().some((method) => method !== 'GET' && method !== 'HEAD'))
      route.handlerTimeout ??= requestTimeoutMs
  })
  // No one reads what comes along with these, so no one waits for it either.
  app.addHook('onRequest', ({ method, raw }, reply, done) => {
    if (['GET', 'HEAD', 'OPTIONS'].includes(method) && isStillSending(raw)) reply.header('connection', 'close')
    done()
  })
  // A client that asks first is told to go on only once its body is wanted.
  app.addHook('preParsing', ({ headers, raw }, reply, _payload, done) => {
    if (headers.expect !== undefined && isStillSending(raw)) reply.raw.writeContinue()
    done()
  })
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    cutLater(raw)
    done()
  })
}
