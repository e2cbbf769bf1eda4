import type { FastifyInstance } from 'fastify'
import type { Deps } from '../api-deps.ts'
import { unavailable } from './http-problem.ts'
import type { ShowProblem } from './problem-pages.ts'

const tickMs = 100
const lateTicks = 3
const notedEveryMs = 10_000

/** Watches how late the event loop is. Overloaded means late several times in a row: one long moment, such as a large bulk call, is none. */
const watchLoop = (delayMaxMs: number) => {
  let late = 0
  let delayMs = 0
  let lastMs = performance.now()
  const timer = setInterval(() => {
    const atMs = performance.now()
    delayMs = atMs - lastMs - tickMs
    late = delayMs > delayMaxMs ? late + 1 : 0
    lastMs = atMs
  }, tickMs).unref()
  return { isOverloaded: () => late >= lateTicks, delayMs: () => Math.round(delayMs), stop: () => clearInterval(timer) }
}

/**
 * Answers 503 at once while the event loop is so late that everyone would wait. Health routes always answer. Logs once in ten seconds,
 * since a line for each refusal would add to the load. (@fastify/under-pressure costs the same, but takes one long moment for an overload.)
 */
export const addOverload = (
  app: FastifyInstance,
  { config, log, show }: Pick<Deps, 'config' | 'log'> & { show: ShowProblem },
): void => {
  const loop = watchLoop(config.http.loopDelayMaxMs)
  app.addHook('onClose', async () => loop.stop())
  const busy = unavailable('There are too many requests at once; try again in a few seconds.')
  let notedAtMs = Number.NEGATIVE_INFINITY
  let refused = 0
  const note = (): void => {
    refused += 1
    if (performance.now() - notedAtMs < notedEveryMs) return
    log.warn({ delayMs: loop.delayMs(), refused }, 'overloaded: requests are answered with 503')
    notedAtMs = performance.now()
    refused = 0
  }
  app.addHook('onRequest', (request, reply, done) => {
    if (!loop.isOverloaded() || request.url.startsWith('/health/')) return done()
    note()
    show({ request, reply }, busy)
  })
}
