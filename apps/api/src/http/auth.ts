import { type ApiKeyIdentity, type Db, findApiKey, hashApiKey, touchApiKey } from '@jejak/db'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { addressOf } from './address-block.ts'
import { forbidden, unauthenticated } from './http-problem.ts'
import type { Limits } from './limits/limits.ts'
import type { LimitName } from './limits/rules.ts'
import { accessOf, type Caller } from './routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key this request carries; null on public routes. */
    caller: Caller | null
  }
}

const trustedMs = 1_000
const rememberedMax = 1_000
const notedEveryMs = 60_000
const bearer = /^Bearer +([\x21-\x7e]{16,200}) *$/i

type AuthDeps = { db: Pick<Db, 'sql'>; log: Logger; now: () => Date; limits: Limits }
type Remembered = { identity: ApiKeyIdentity; readAtMs: number; tickMs: number }

/**
 * Looks keys up by their hash, so no comparison tells how much of a key was right. What was found is trusted for a second, by whichever clock
 * says that it is over: a revoked key lives no longer, in any process. A key that was never met counts as a wrong one until it is found; beyond
 * the limit one a second is still looked up, so that guessing costs next to nothing and locks out no right key of the same address.
 */
const createKeyFinder = ({ db, log, now, limits }: AuthDeps) => {
  const remembered = new Map<string, Remembered>()
  const reading = new Map<string, Promise<ApiKeyIdentity | undefined>>()

  const isTrusted = ({ readAtMs, tickMs }: Remembered): boolean =>
    Math.max(now().getTime() - readAtMs, performance.now() - tickMs) < trustedMs
  const read = async (hash: string): Promise<ApiKeyIdentity | undefined> => {
    const [readAtMs, tickMs] = [now().getTime(), performance.now()]
    const identity = await findApiKey(db.sql, hash)
    remembered.delete(hash)
    if (!identity) return undefined
    const [oldest] = remembered.keys()
    if (remembered.size >= rememberedMax && oldest !== undefined) remembered.delete(oldest)
    remembered.set(hash, { identity, readAtMs, tickMs })
    if (identity.lastUsedAt === null || readAtMs - identity.lastUsedAt.getTime() > notedEveryMs)
      touchApiKey(db.sql, { id: identity.id, now: now() }).catch((err: Error) =>
        log.warn({ err }, 'the use of a key was not noted'),
      )
    return identity
  }
  const readOnce = (hash: string): Promise<ApiKeyIdentity | undefined> => {
    const known = reading.get(hash)
    if (known) return known
    const begun = read(hash).finally(() => reading.delete(hash))
    reading.set(hash, begun)
    return begun
  }
  const isAlive = ({ expiresAt }: ApiKeyIdentity) => expiresAt === null || expiresAt > now()

  /** What a key that was never met is counted for while it is looked up. */
  const takeStranger = (address: string): LimitName => {
    try {
      limits.take('wrongKeys', address)
      return 'wrongKeys'
    } catch {
      limits.take('keysBeyond', address)
      return 'keysBeyond'
    }
  }

  return async (key: string, address: string): Promise<ApiKeyIdentity | undefined> => {
    const hash = hashApiKey(key)
    const known = remembered.get(hash)
    if (known && isTrusted(known)) return isAlive(known.identity) ? known.identity : undefined
    const counted = known || reading.has(hash) ? null : takeStranger(address)
    const identity = await readOnce(hash).finally(() => counted === 'wrongKeys' && limits.giveBack(counted, address))
    return identity && isAlive(identity) ? identity : undefined
  }
}

/** Lets a request in if its key has the scope of its route; may be asked again while a long request goes on. */
export type LetIn = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Has every route that wants a key ask for it first. Comes before the routes, and after the limits. */
export const addAuth = (app: FastifyInstance, deps: AuthDeps): LetIn => {
  const { limits } = deps
  const findKey = createKeyFinder(deps)
  const letIn: LetIn = async (request, reply) => {
    const { authorization } = request.headers
    const address = addressOf(request)
    const key = bearer.exec(authorization ?? '')?.[1]
    const identity = key && (await findKey(key, address))
    if (!identity) {
      reply.headers(limits.take('wrongKeys', address))
      throw authorization === undefined
        ? unauthenticated('Send your API key as `Authorization: Bearer …`.', { refused: false })
        : unauthenticated('This API key is unknown, revoked or expired.', { refused: true })
    }
    request.caller = { ...identity, actor: { kind: 'key', id: identity.id } }
    const { access } = request.routeOptions.config
    if (!access || access.audience === 'public') return
    if (!identity.scopes.includes(access.scope)) throw forbidden(`This needs a key with the scope ${access.scope}.`)
  }
  app.decorateRequest('caller', null)
  app.addHook('onRoute', (route) => {
    if (accessOf(route).audience !== 'public') route.onRequest = [letIn, ...[route.onRequest ?? []].flat()]
  })
  return letIn
}

/** The shop behind an authenticated request. */
export const callerOf = ({ caller }: Pick<FastifyRequest, 'caller'>): ApiKeyIdentity => {
  if (!caller) throw new Error('This route has no scope: it must not ask who calls.')
  return caller
}
