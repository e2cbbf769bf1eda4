import { createHash, createHmac } from 'node:crypto'
import { actorName } from '@jejak/core/changes'
import type { Keys } from '@jejak/core/secrets'
import {
  type AnswerKeeper,
  type Clock,
  findKeptAnswer,
  type HeldTransaction,
  type KeptAnswer,
  keepAnswer,
  takeAnswerKey,
} from '@jejak/db'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { callerOf, noShop } from '../auth.ts'
import { HttpProblem, invalid } from '../http-problem.ts'
import { accessOf, type Keeping } from '../routes.ts'
import { readIdempotencyKey } from './idempotency-key.ts'

/** A request that has its key, and the transaction that it works in. */
type AtWork = { held: HeldTransaction; keyHmac: string; requestHmac: string; keeping: Keeping }

declare module 'fastify' {
  interface FastifyRequest {
    /** Set from when a request has its key until its answer is kept. */
    atWork: AtWork | null
  }
}

export type KeepingDeps = {
  /** Opens a transaction as that role, for whatever the route does to join. */
  hold: { [Role in AnswerKeeper]: (organizationId: string) => Promise<HeldTransaction> }
  answerKeys: Keys
  clock: Clock
}

/** What a request is known by: the hash of who asks for which shop what, with which key; and of what was asked for. */
const namesOf = (request: FastifyRequest, key: string) => {
  const { actor, organizationId } = callerOf(request)
  const { method, url = '' } = request.routeOptions
  return {
    key: JSON.stringify([actorName(actor), organizationId, method, url, key]),
    request: JSON.stringify([request.url, request.body ?? null]),
  }
}

const hmac = (secret: Buffer, text: string): string => createHmac('sha256', secret).update(text).digest('hex')

const inFlight = () =>
  new HttpProblem('conflict', 'A request with this Idempotency-Key is still at work; send it again in a moment.', {
    headers: { 'retry-after': '1' },
  })
const another = () =>
  invalid(
    'This Idempotency-Key belongs to another request: the address or the body was different. Use a new key for each.',
    { status: 422 },
  )

const replay = (reply: FastifyReply, { status, location, body, leftOut }: KeptAnswer): FastifyReply => {
  reply.code(status).header('idempotency-replayed', 'true')
  if (location !== null) reply.header('location', location)
  if (leftOut.length > 0) reply.header('idempotency-left-out', leftOut.join(', '))
  return body === null ? reply.send(null) : reply.type('application/json; charset=utf-8').send(body)
}

/** The answer as it is kept. */
const withoutSecrets = (body: string, secrets: readonly string[]): string =>
  secrets.length === 0
    ? body
    : JSON.stringify(JSON.parse(body), (field, value) => (secrets.includes(field) ? undefined : value))

type Work = () => unknown

/** Does what a request with a key asks for, or answers what it was answered before. */
const workOnce = async (
  { hold, answerKeys, clock }: KeepingDeps,
  {
    request,
    reply,
    key,
    keeping,
    work,
  }: { request: FastifyRequest; reply: FastifyReply; key: string; keeping: Keeping; work: Work },
): Promise<unknown> => {
  const names = namesOf(request, key)
  const hashes = answerKeys.map((secret) => ({ key: hmac(secret, names.key), request: hmac(secret, names.request) }))
  let begun: AtWork | null = null
  const held = await hold[keeping.by](callerOf(request).organizationId)
  try {
    // Whatever SECRET_KEY a process has first, it is the same lock.
    if (!(await takeAnswerKey(held.tx, createHash('sha256').update(names.key).digest('hex')))) throw inFlight()
    const keyHmacs = hashes.map((hash) => hash.key)
    const kept = await findKeptAnswer(held.tx, { keyHmacs, now: await clock(held.tx) })
    if (kept) {
      if (hashes.find((hash) => hash.key === kept.keyHmac)?.request !== kept.requestHmac) throw another()
      await held.rollback()
      return replay(reply, kept)
    }
    begun = { held, keeping, keyHmac: hashes[0]!.key, requestHmac: hashes[0]!.request }
    request.atWork = begun
    return await held.inside(async () => work())
  } catch (error) {
    // Once there is an answer, whoever keeps it ends the transaction.
    if (request.atWork === begun) {
      request.atWork = null
      await held.rollback()
    }
    throw error
  }
}

/** Keeps the answer of a request that is at work, and commits what it did with it, before the answer goes out. What failed is undone. */
const keep = async (
  { clock }: KeepingDeps,
  { request, reply, payload }: { request: FastifyRequest; reply: FastifyReply; payload: unknown },
): Promise<void> => {
  const { atWork } = request
  if (!atWork) return
  request.atWork = null
  const { held, keeping, ...hashes } = atWork
  const { statusCode: status } = reply
  if (status >= 300) return held.rollback()
  try {
    const { organizationId } = callerOf(request)
    await keepAnswer(held.tx, {
      ...{ ...hashes, status, keptBy: keeping.by, leftOut: [...keeping.secrets], at: await clock(held.tx) },
      organizationId: organizationId === noShop ? null : organizationId,
      location: reply.getHeader('location')?.toString() ?? null,
      body: payload ? withoutSecrets(String(payload), keeping.secrets) : null,
    })
    await held.commit()
  } catch (error) {
    await held.rollback()
    reply.removeHeader('location')
    throw error
  }
}

/** Has the routes that keep their answers do each request with an Idempotency-Key once. Comes before the routes. */
export const addKeptAnswers = (app: FastifyInstance, deps: KeepingDeps): void => {
  app.decorateRequest('atWork', null)
  app.addHook('onRoute', (route) => {
    const access = accessOf(route)
    const keeping = 'keeping' in access ? access.keeping : undefined
    if (!keeping) return
    const { handler } = route
    route.handler = (request, reply) => {
      const work = () => handler.call(app, request, reply)
      const key = readIdempotencyKey(request.headers['idempotency-key'])
      return key === undefined ? work() : workOnce(deps, { request, reply, key, keeping, work })
    }
    route.onSend = async (request, reply, payload) => {
      await keep(deps, { request, reply, payload })
      return payload
    }
  })
}
