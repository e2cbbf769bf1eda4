import type { Config } from '@jejak/config'
import { isSessionToken, readSession } from '@jejak/core/access'
import type { Keys } from '@jejak/core/secrets'
import type { Clock, Db, SessionRow } from '@jejak/db'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createNetworks } from './address-block.ts'
import { forbidden } from './http-problem.ts'

/** `__Host-`: browsers take it over https only, from this host only, for all of it. */
const name = '__Host-jejak'
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const

/** The session token that the browser sent; null without one, or with one that we never made. */
export const readToken = ({ cookies }: Pick<FastifyRequest, 'cookies'>, accessKeys: Keys): string | null => {
  const token = cookies[name]
  return token && /^[\w-]{43}$/.test(token) && isSessionToken(accessKeys, token) ? token : null
}

export const sendToken = (reply: FastifyReply, { token, maxAgeMs }: { token: string; maxAgeMs: number }) =>
  reply.setCookie(name, token, { ...attributes, maxAge: Math.floor(maxAgeMs / 1000) })

export const clearToken = (reply: FastifyReply) => reply.clearCookie(name, attributes)

const localHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a proxy that is trusted tells that a request came to it over plain http, where others can read it. */
const cameInClear = (
  { headers, protocol, raw }: FastifyRequest,
  { publicUrl, trustedProxies }: Config['http'],
): boolean =>
  publicUrl.startsWith('https:') &&
  protocol === 'http' &&
  headers['x-forwarded-proto'] !== undefined &&
  createNetworks(trustedProxies)(raw.socket.remoteAddress ?? '')

const refuseInClear = (request: FastifyRequest, http: Config['http']): void => {
  if (cameInClear(request, http))
    throw forbidden(`This request came over plain http, where others can read it. Open ${http.publicUrl} instead.`)
}

/** Browsers keep a session cookie over https, and on this machine: anywhere else signing in would seem to work and be forgotten at once. */
export const requireSafeTransport = (request: FastifyRequest, http: Config['http']): void => {
  refuseInClear(request, http)
  const { publicUrl } = http
  const { protocol, hostname } = new URL(publicUrl)
  if (protocol === 'https:' || localHosts.has(hostname)) return
  throw forbidden(
    `Signing in needs https, since browsers drop the session over plain http. Serve Jejak at an https address and set PUBLIC_URL to it; it is ${publicUrl} now.`,
  )
}

/** A page of another site must not act with its reader's session: requests that change something must come from our own pages. */
export const requireOwnOrigin = (request: FastifyRequest, { publicUrl }: Pick<Config['http'], 'publicUrl'>): void => {
  const { origin } = request.headers
  if (origin === new URL(publicUrl).origin) return
  throw forbidden(
    origin === undefined
      ? 'This request does not say which page it comes from (the header Origin), so it changes nothing for someone who is signed in.'
      : `This page is at ${origin.slice(0, 200)} and Jejak at ${publicUrl}, so it can change nothing for someone who signs in. Open Jejak at that address, or set PUBLIC_URL to the one that you use: an https address, or localhost.`,
  )
}

export type SessionDeps = {
  config: Pick<Config, 'access' | 'http'>
  db: Pick<Db, 'sql'>
  accessKeys: Keys
  clock: Clock
}

/** The session of a request; undefined without one that is alive. What changes something must come from our own pages. */
export const findSessionOf = async (
  { config, db, accessKeys, clock }: SessionDeps,
  request: FastifyRequest,
): Promise<SessionRow | undefined> => {
  const token = readToken(request, accessKeys)
  if (token === null) return undefined
  // Browsers never send it so: it was copied.
  refuseInClear(request, config.http)
  const session = await readSession({ db, settings: config.access }, { token, now: await clock(db.sql) })
  if (session && request.method !== 'GET' && request.method !== 'HEAD') requireOwnOrigin(request, config.http)
  return session
}
