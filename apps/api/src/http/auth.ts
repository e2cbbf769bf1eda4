import { keysWith, permissionsOfKey, permissionsOfUser } from '@jejak/core/access'
import { type ApiKeyIdentity, type Db, findApiKey, hashApiKey, type SessionRow, touchApiKey } from '@jejak/db'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { addressOf } from './address-block.ts'
import { forbidden, unauthenticated } from './http-problem.ts'
import type { Limits } from './limits/limits.ts'
import type { LimitName } from './limits/rules.ts'
import { originOf } from './origin.ts'
import { accessOf, type Caller } from './routes.ts'
import { findSessionOf, readToken, type SessionDeps } from './session.ts'
import { isStillSending } from './slow-clients.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who this request comes from; null on public routes. */
    caller: Caller | null
    /** Who is signed in; only on routes about one's own account. */
    session: SessionRow | null
  }
}

// Operators who belong to no shop have no permission that is about one.
export const noShop = '0'
const trustedMs = 1_000
const rememberedMax = 1_000
const notedEveryMs = 60_000
const bearer = /^Bearer +([\x21-\x7e]{16,200}) *$/i

type AuthDeps = SessionDeps & { db: Pick<Db, 'sql'>; log: Logger; now: () => Date; limits: Limits }
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
        log.warn({ err }, 'the use of a key was not stored'),
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

/** Lets a request in if its key or its user has the permission that its route names; may be asked again while a long request goes on. */
export type LetIn = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Whoever takes their time over a body may have lost the right to send it before its end. */
const askAgain = (ask: LetIn) => {
  const slow = new WeakSet<FastifyRequest>()
  return {
    first: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      await ask(request, reply)
      if (isStillSending(request.raw)) slow.add(request)
    },
    last: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      if (slow.has(request)) await ask(request, reply)
    },
  }
}

/** Has every route that names a permission ask for it first. Comes before the routes, and after the limits. */
export const addAuth = (app: FastifyInstance, deps: AuthDeps): LetIn => {
  const { limits } = deps
  const findKey = createKeyFinder(deps)
  const callerOfKey = async (request: FastifyRequest, reply: FastifyReply): Promise<Caller> => {
    const { authorization } = request.headers
    const address = addressOf(request)
    const key = bearer.exec(authorization ?? '')?.[1]
    const identity = key && (await findKey(key, address))
    if (!identity) {
      reply.headers(limits.take('wrongKeys', address))
      throw authorization === undefined
        ? unauthenticated('Send your API key as `Authorization: Bearer …`, or sign in.', { refused: false })
        : unauthenticated('This API key is unknown, revoked or expired.', { refused: true })
    }
    const { id, organizationId, prefix, scopes } = identity
    const permissions = permissionsOfKey(scopes)
    const actor = { kind: 'key', id, origin: originOf(request, deps) } as const
    return { actor, organizationId, permissions, sessionId: null, loggedAs: { key: prefix } }
  }
  const callerOfSession = async (request: FastifyRequest): Promise<Caller | null> => {
    // A proxy may send its own Authorization along, as for Basic authentication: only a key goes before a session.
    if (/^bearer /i.test(request.headers.authorization ?? '') || readToken(request, deps.accessKeys) === null)
      return null
    const session = await findSessionOf(deps, request)
    if (!session) return null
    const { userId, organizationId } = session
    const permissions = permissionsOfUser(session)
    const actor = { kind: 'user', id: userId, origin: originOf(request, deps) } as const
    const loggedAs = { user: userId }
    return { actor, organizationId: organizationId ?? noShop, permissions, sessionId: session.id, loggedAs }
  }
  const letIn: LetIn = async (request, reply) => {
    const { access } = request.routeOptions.config
    request.caller = (await callerOfSession(request)) ?? (await callerOfKey(request, reply))
    if (!access || !('permission' in access) || request.caller.permissions.has(access.permission)) return
    const { permission } = access
    throw forbidden(
      request.caller.actor.kind === 'key'
        ? `This needs the permission ${permission}: ${keysWith(permission).replaceAll('`', '')}.`
        : `This needs the permission ${permission}, which your role does not have.`,
    )
  }
  const wantSession = async (request: FastifyRequest): Promise<void> => {
    request.session = (await findSessionOf(deps, request)) ?? null
    if (!request.session) throw unauthenticated('Sign in first: POST /v1/session.', { refused: false })
  }
  app.decorateRequest('caller', null)
  app.decorateRequest('session', null)
  app.addHook('onRoute', (route) => {
    const access = accessOf(route)
    const given = [route.onRequest ?? []].flat()
    const ask = 'permission' in access ? letIn : access.audience === 'account' ? wantSession : null
    if (!ask) return
    const { first, last } = askAgain(ask)
    route.onRequest = ask === letIn ? [first, ...given] : [...given, first]
    route.preHandler = [last, ...[route.preHandler ?? []].flat()]
  })
  return letIn
}

/** The shop behind an authenticated request. */
export const callerOf = ({ caller }: Pick<FastifyRequest, 'caller'>): Caller => {
  if (!caller) throw new Error('This route needs no permission: it must not ask who calls.')
  return caller
}
