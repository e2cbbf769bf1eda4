import {
  passwordChange,
  type SessionView,
  sessionId,
  sessionList,
  sessionView,
  shopChoice,
  signInRequest,
} from '@jejak/contract'
import {
  changePassword,
  endSessionsOf,
  permissionsOfUser,
  readSession,
  sessionsOf,
  signIn,
  switchShop,
} from '@jejak/core/access'
import { listShopsOf, type SessionRow } from '@jejak/db'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { addressOf } from '../http/address-block.ts'
import { HttpProblem, notFound, unauthenticated } from '../http/http-problem.ts'
import { originOf } from '../http/origin.ts'
import { accountRoute, publicRoute } from '../http/routes.ts'
import { clearToken, readToken, requireOwnOrigin, requireSafeTransport, sendToken } from '../http/session.ts'

const wrong = () =>
  new HttpProblem('unauthenticated', 'This e-mail address and password do not belong together.', {
    headers: { 'www-authenticate': 'Session' },
  })

const locked = (until: Date, now: Date) => {
  const seconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))
  return new HttpProblem('rate_limited', `Too many failed sign-ins. Try again in ${Math.ceil(seconds / 60)} minutes.`, {
    headers: { 'retry-after': String(seconds) },
  })
}

/** Signing in and out, and one's own sessions. */
export const sessionRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { config, limits, promptDb: db, accessKeys, clock } = deps
  const settings = config.access
  const access = { db, accessKeys, settings }

  const toView = async (session: SessionRow): Promise<SessionView> => {
    const { userId, email, name, shop, role, isOperator, createdAt } = session
    return sessionView.parse({
      ...{ email, name, shop, role, isOperator },
      permissions: [...permissionsOfUser(session)],
      shops: await listShopsOf(db.sql, userId),
      endsAt: new Date(createdAt.getTime() + settings.sessionMaxMs).toISOString(),
    })
  }

  /** Who ends which of their own sessions. */
  const own = (request: FastifyRequest & { session: SessionRow }) => {
    const { userId, organizationId } = request.session
    return { userId, organizationId, actor: { kind: 'user', id: userId, origin: originOf(request, deps) } as const }
  }

  const end = (reply: FastifyReply) => clearToken(reply).code(204).send(null)

  publicRoute(app, {
    at: 'POST /v1/session',
    limit: 'own',
    schema: {
      summary: 'Sign in',
      description:
        'Answers with a session cookie. Five failed attempts from one address lock the account for that address for five minutes.',
      tags: ['account'],
      body: signInRequest,
      response: { 200: sessionView },
    },
    problems: [401, 403],
    handler: async (request, reply) => {
      requireSafeTransport(config.http)
      if (request.headers.origin !== undefined) requireOwnOrigin(request, config.http)
      const address = addressOf(request)
      limits.take('signIns', address)
      let isGuess = false
      try {
        const now = await clock(db.sql)
        const replaces = readToken(request, accessKeys)
        const done = await signIn(access, { ...request.body, address, requestId: request.id, replaces, now })
        isGuess = done.outcome !== 'in'
        if (done.outcome === 'locked') throw locked(done.until, now)
        const session = done.outcome === 'in' && (await readSession(access, { token: done.token, now }))
        if (done.outcome === 'wrong' || !session) throw wrong()
        return sendToken(reply, { token: done.token, maxAgeMs: settings.sessionMaxMs }).send(await toView(session))
      } finally {
        // Neither a right password nor a database that is away counts against the address.
        if (!isGuess) limits.giveBack('signIns', address)
      }
    },
  })

  accountRoute(app, {
    at: 'GET /v1/session',
    schema: { summary: 'Who is signed in', response: { 200: sessionView } },
    handler: async ({ session }, reply) => reply.send(await toView(session)),
  })

  accountRoute(app, {
    at: 'POST /v1/session/shop',
    schema: {
      summary: 'Act for another shop of one’s own',
      description: 'The session gets another token.',
      body: shopChoice,
      response: { 200: sessionView },
    },
    problems: [404],
    handler: async (request, reply) => {
      const now = await clock(db.sql)
      const token = await switchShop(deps, {
        actor: own(request).actor,
        token: readToken(request, accessKeys) ?? '',
        shop: request.body.shop,
      })
      const session = await readSession(access, { token, now })
      if (!session) throw unauthenticated('Sign in again.', { refused: true })
      return sendToken(reply, { token, maxAgeMs: settings.sessionMaxMs }).send(await toView(session))
    },
  })

  accountRoute(app, {
    at: 'DELETE /v1/session',
    schema: { summary: 'Sign out', response: { 204: z.null() } },
    handler: async (request, reply) => {
      await endSessionsOf(deps, { ...own(request), only: request.session.id })
      return end(reply)
    },
  })

  accountRoute(app, {
    at: 'GET /v1/session/all',
    schema: { summary: 'One’s own sessions', response: { 200: sessionList } },
    handler: async (request, reply) => {
      const { id, userId } = request.session
      const sessions = await sessionsOf(access, { userId, now: await clock(db.sql) })
      return reply.send({
        data: sessions.map((one) => ({
          id: one.id,
          createdAt: one.createdAt.toISOString(),
          seenAt: one.seenAt.toISOString(),
          current: one.id === id,
        })),
      })
    },
  })

  accountRoute(app, {
    at: 'DELETE /v1/session/others',
    schema: { summary: 'End all one’s other sessions', response: { 204: z.null() } },
    handler: async (request, reply) => {
      await endSessionsOf(deps, { ...own(request), except: request.session.id })
      return reply.code(204).send(null)
    },
  })

  accountRoute(app, {
    at: 'DELETE /v1/session/all/:id',
    schema: {
      summary: 'End one of one’s own sessions',

      params: sessionId,
      response: { 204: z.null() },
    },
    problems: [404],
    handler: async (request, reply) => {
      const { id } = request.session
      const ended = await endSessionsOf(deps, { ...own(request), only: request.params.id })
      if (ended === 0) throw notFound('You have no session with this id.')
      return request.params.id === id ? end(reply) : reply.code(204).send(null)
    },
  })

  accountRoute(app, {
    at: 'POST /v1/session/password',
    schema: {
      summary: 'Change one’s own password',
      description: 'Ends all other sessions.',

      body: passwordChange,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { id, email, organizationId } = request.session
      const { current, password } = request.body
      const now = await clock(db.sql)
      const done = await changePassword(access, {
        ...{ email, password: current, chosen: password, address: addressOf(request) },
        ...{ exceptSession: id, organizationId, requestId: request.id, now },
      })
      if (done.outcome === 'locked') throw locked(done.until, now)
      if (done.outcome === 'wrong') throw new HttpProblem('forbidden', 'This is not your password.')
      return reply.code(204).send(null)
    },
  })
}
