import { type ApiKeyIdentity, type ApiScope, type Db, findApiKey, hashApiKey, touchApiKey } from '@jejak/db'
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { Logger } from 'pino'
import { forbidden, unauthenticated } from '../http-problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key this request carries; null on public routes. */
    caller: ApiKeyIdentity | null
  }
}

const rememberedMs = 30_000
const rememberedMax = 1_000
const bearer = /^Bearer +([\x21-\x7e]{16,200}) *$/i

type AuthDeps = { db: Pick<Db, 'prisma'>; log: Logger; now: () => Date }
type Remembered = { identity: ApiKeyIdentity; untilMs: number }

/** Looks keys up by their hash, so no comparison tells how much of a key was right. A found key is remembered for 30 s: that is how long a revoked one may live on. */
const createKeyFinder = ({ db, log, now }: AuthDeps) => {
  const remembered = new Map<string, Remembered>()
  const remember = (hash: string, identity: ApiKeyIdentity, at: Date) => {
    const [oldest] = remembered.keys()
    if (remembered.size >= rememberedMax && oldest !== undefined) remembered.delete(oldest)
    remembered.set(hash, { identity, untilMs: at.getTime() + rememberedMs })
    touchApiKey(db, identity.id, at).catch((err: Error) => log.warn({ err }, 'could not note the use of a key'))
  }
  return async (key: string): Promise<ApiKeyIdentity | null> => {
    const at = now()
    const hash = hashApiKey(key)
    const known = remembered.get(hash)
    if (known && known.untilMs > at.getTime()) return known.identity
    remembered.delete(hash)
    const identity = await findApiKey(db, key, at)
    if (identity) remember(hash, identity, at)
    return identity
  }
}

/** Makes a hook that lets only keys with this scope in. */
export type RequireScope = (scope: ApiScope) => onRequestAsyncHookHandler

export const addAuth = (app: FastifyInstance, deps: AuthDeps): RequireScope => {
  const findKey = createKeyFinder(deps)
  app.decorateRequest('caller', null)
  return (scope) => async (request) => {
    const { authorization } = request.headers
    if (authorization === undefined)
      throw unauthenticated('Send your API key as `Authorization: Bearer …`.', { refused: false })
    const key = bearer.exec(authorization)?.[1]
    const identity = key === undefined ? null : await findKey(key)
    if (!identity) throw unauthenticated('This API key is unknown, revoked or expired.', { refused: true })
    request.caller = identity
    if (!identity.scopes.includes(scope)) throw forbidden(`This needs a key with the scope ${scope}.`)
  }
}

/** The shop behind an authenticated request. */
export const callerOf = ({ caller }: Pick<FastifyRequest, 'caller'>): ApiKeyIdentity => {
  if (!caller) throw new Error('This route has no scope: it must not ask who calls.')
  return caller
}
