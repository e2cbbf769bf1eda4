import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../../api-deps.ts'
import { holdsSignedLink } from '../../public/signed-links.ts'
import { addressOf } from '../address-block.ts'
import { callerOf } from '../auth.ts'
import { type ProblemSender, toHttpProblem } from '../errors.ts'
import type { HttpProblem } from '../http-problem.ts'
import { accessOf } from '../routes.ts'
import { createLimits, type Limits } from './limits.ts'
import type { LimitName } from './rules.ts'
import type { Sharing } from './share-counts.ts'

// What strangers may send, and what may come along where nothing is read.
const smallBodyBytes = 4_096

type LimitDeps = Pick<Deps, 'config' | 'linkKeys' | 'lookupKey' | 'log' | 'now'>

/** A bulk call counts as its items. */
const itemsOf = ({ body }: FastifyRequest): number =>
  Math.max(1, (body as { trackings?: unknown[] } | undefined)?.trackings?.length ?? 1)

type Hook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

const countAddress =
  (limits: Limits, name: LimitName, isProven: (request: FastifyRequest) => boolean): Hook =>
  (request, reply, done) => {
    const address = addressOf(request)
    if (!isProven(request)) limits.check('misses', address)
    reply.headers(limits.take(name, address))
    done()
  }

const shopOf = (request: FastifyRequest): string => callerOf(request).organizationId

/**
 * Who has nothing left is refused before the body is read: a shop, since how much a request counts shows only in there, and an address that has
 * sent too much that cannot be read.
 */
const check =
  (limits: Limits, name: LimitName, whoOf: (request: FastifyRequest) => string): Hook =>
  (request, _reply, done) => {
    limits.check(name, whoOf(request))
    done()
  }

const countShop =
  (limits: Limits, name: LimitName): Hook =>
  (request, reply, done) => {
    reply.headers(limits.takeMany(name, { who: shopOf(request), amount: name === 'writes' ? itemsOf(request) : 1 }))
    done()
  }

/** Gives each route its limit. Comes before the routes. */
export const addLimits = (app: FastifyInstance, deps: LimitDeps): Limits => {
  const { config, lookupKey, log, now } = deps
  const limits = createLimits(config, now)
  const { redisUrl, shareMs } = config.limits
  const isProven = ({ params, query }: FastifyRequest): boolean =>
    holdsSignedLink(deps, { ...(params as object), ...(query as object) })
  if (redisUrl) {
    let sharing: Sharing | undefined
    app.addHook('onReady', async () => {
      // Loaded only where it is used: every other start is shorter by it.
      const { shareCounts } = await import('./share-counts.ts')
      sharing = shareCounts({ limits, url: redisUrl.reveal(), hashKey: lookupKey, everyMs: shareMs, log, now })
    })
    app.addHook('onClose', async () => sharing?.close())
  }
  app.addHook('onRoute', (route) => {
    const { audience, limit } = accessOf(route)
    const isPublic = audience === 'public' || audience === 'account'
    const given = [route.onRequest ?? []].flat()
    if (isPublic || !route.schema?.body) route.bodyLimit ??= smallBodyBytes
    if (isPublic && route.schema?.body) route.onRequest = [check(limits, 'mistakes', addressOf), ...given]
    if (limit === 'own' || limit === 'none') return
    // An address is counted before anything is done for it; a shop once it is known and its body has been read.
    // What strangers behind the same address asked for keeps no one out of their own account.
    const isExempt = audience === 'account' ? () => true : isProven
    if (limits.rules[limit].of === 'address') route.onRequest = [countAddress(limits, limit, isExempt), ...given]
    else {
      route.onRequest = [...given, check(limits, limit, shopOf)]
      route.preHandler = [...[route.preHandler ?? []].flat(), countShop(limits, limit)]
    }
  })
  return limits
}

/** Which limit a refusal counts for. Wrong keys are counted where they are looked up; preflights and what is our own fault count for nothing. */
const countedAs = ({ status }: HttpProblem, request: FastifyRequest): LimitName | undefined => {
  if (
    status === 401 ||
    status === 429 ||
    status >= 500 ||
    request.caller ||
    request.session ||
    request.method === 'OPTIONS'
  )
    return undefined
  if (status !== 404) return 'mistakes'
  return request.routeOptions.config?.access?.limit === 'own' ? undefined : 'misses'
}

/** Counts what strangers are refused; beyond the limit they are not told any more what was wrong, or whether a thing exists. */
export const countRefusals =
  (limits: Limits, send: ProblemSender): ProblemSender =>
  (exchange, error) => {
    const { request, reply } = exchange
    const name = countedAs(toHttpProblem(error), request)
    if (name === undefined) return send(exchange, error)
    try {
      reply.headers(limits.take(name, addressOf(request)))
    } catch (refusal) {
      return send(exchange, refusal)
    }
    return send(exchange, error)
  }
