import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { addressBlock } from '../address-block.ts'
import type { Deps } from '../deps.ts'
import { holdsLink } from '../holds-link.ts'
import type { HttpProblem } from '../http-problem.ts'
import { createLimits, type Limits } from '../limits/limits.ts'
import type { LimitName } from '../limits/rules.ts'
import type { Sharing } from '../limits/share-counts.ts'
import { callerOf } from './auth.ts'
import { type ProblemSender, toHttpProblem } from './errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The limit that counts this route's requests; `own` when the route counts by itself. Routes that want a key count as reads or writes
     * of its shop unless they say otherwise.
     */
    limit?: LimitName | 'own'
  }
}

type LimitDeps = Pick<Deps, 'config' | 'linkKey' | 'lookupKey' | 'log' | 'now'>

const limitOf = ({ config, schema, method }: RouteOptions): LimitName | 'own' | undefined => {
  if (config?.limit || !schema?.security) return config?.limit
  return [method].flat().every((each) => each === 'GET' || each === 'HEAD') ? 'reads' : 'writes'
}

/** A bulk call counts as its items. */
const itemsOf = ({ body }: FastifyRequest): number =>
  Math.max(1, (body as { trackings?: unknown[] } | undefined)?.trackings?.length ?? 1)

type Hook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

const countAddress =
  (limits: Limits, name: LimitName, isProven: (request: FastifyRequest) => boolean): Hook =>
  (request, reply, done) => {
    const address = addressBlock(request.ip)
    if (!isProven(request)) limits.check('misses', address)
    reply.headers(limits.take(name, address))
    done()
  }

const countShop =
  (limits: Limits, name: LimitName): Hook =>
  (request, reply, done) => {
    reply.headers(limits.take(name, callerOf(request).organizationId, name === 'writes' ? itemsOf(request) : 1))
    done()
  }

/** Gives each route the limit that it names or that follows from its key. Comes before the routes. */
export const addLimits = (app: FastifyInstance, deps: LimitDeps): Limits => {
  const { config, lookupKey, log, now } = deps
  const limits = createLimits(config, now)
  const { redisUrl, shareMs } = config.limits
  const isProven = ({ params, query }: FastifyRequest): boolean =>
    holdsLink(deps, { ...(params as object), ...(query as object) })
  if (redisUrl) {
    let sharing: Sharing | undefined
    app.addHook('onReady', async () => {
      // Loaded only where it is used: every other start is shorter by it.
      const { shareCounts } = await import('../limits/share-counts.ts')
      sharing = shareCounts({ limits, url: redisUrl.reveal(), hashKey: lookupKey, everyMs: shareMs, log, now })
    })
    app.addHook('onClose', async () => sharing?.close())
  }
  app.addHook('onRoute', (route) => {
    const name = limitOf(route)
    if (name === undefined || name === 'own') return
    // An address is counted before anything is done for it; a shop once it is known and its body has been read.
    if (limits.rules[name].of === 'address')
      route.onRequest = [countAddress(limits, name, isProven), ...[route.onRequest ?? []].flat()]
    else route.preHandler = [...[route.preHandler ?? []].flat(), countShop(limits, name)]
  })
  return limits
}

const missOf = (problem: HttpProblem, request: FastifyRequest): LimitName | undefined => {
  if (problem.status === 401) return 'wrongKeys'
  const isCounted = request.caller || request.routeOptions.config?.limit === 'own'
  return problem.status === 404 && !isCounted ? 'misses' : undefined
}

/** Counts what strangers asked for in vain; beyond the limit they are not told any more whether it exists. */
export const countMisses =
  (limits: Limits, send: ProblemSender): ProblemSender =>
  (error, request, reply) => {
    const miss = missOf(toHttpProblem(error), request)
    if (miss === undefined) return send(error, request, reply)
    try {
      reply.headers(limits.take(miss, addressBlock(request.ip)))
    } catch (refusal) {
      return send(refusal, request, reply)
    }
    return send(error, request, reply)
  }
