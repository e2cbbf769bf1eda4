import { numberedId, type SessionView, sessionList, sessionView, shopChoice, signInRequest } from '@jejak/contract'
import { endSessionsOf, permissionsOfUser, readSession, sessionsOf, signIn, switchShop } from '@jejak/core/access'
import { findTotp, listShopsOf, type SessionRow } from '@jejak/db'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { addressOf } from '../http/address-block.ts'
import { notFound, unauthenticated } from '../http/http-problem.ts'
import { accountRoute, publicRoute } from '../http/routes.ts'
import { clearToken, readToken, requireOwnOrigin, requireSafeTransport, sendToken } from '../http/session.ts'
import { createAttempts, ownOf, wrongSignIn } from './attempts.ts'

/** Signing in and out, and one's own sessions. */
export const sessionRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { config, promptDb: db, accessKeys, totpSealer, clock } = deps
  const settings = config.access
  const access = { db, accessKeys, totpSealer, settings }
  const attempts = createAttempts(deps)

  const toView = async (session: SessionRow): Promise<SessionView> => {
    const { userId, email, name, shop, role, isOperator, createdAt } = session
    const [shops, totp] = await Promise.all([listShopsOf(db.sql, userId), findTotp(db.sql, userId)])
    return sessionView.parse({
      ...{ email, name, shop, role, isOperator, shops },
      totp: totp?.confirmedAt != null,
      permissions: [...permissionsOfUser(session)],
      endsAt: new Date(createdAt.getTime() + settings.sessionMaxMs).toISOString(),
    })
  }

  const own = ownOf(deps)
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
      requireSafeTransport(request, config.http)
      if (request.headers.origin !== undefined) requireOwnOrigin(request, config.http)
      const now = await clock(db.sql)
      const from = { address: addressOf(request), requestId: request.id, replaces: readToken(request, accessKeys) }
      const { token } = await attempts({ request, now, wrong: wrongSignIn }, () =>
        signIn(access, { ...request.body, ...from, now }),
      )
      const session = await readSession(access, { token, now })
      if (!session) throw wrongSignIn()
      return sendToken(reply, { token, maxAgeMs: settings.sessionMaxMs }).send(await toView(session))
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
      summary: 'Act for another of your shops',
      description: 'The session gets another token.',
      body: shopChoice,
      response: { 200: sessionView },
    },
    problems: [404],
    handler: async (request, reply) => {
      const now = await clock(db.sql)
      const token = await switchShop(
        { ...deps, db },
        {
          actor: own(request).actor,
          token: readToken(request, accessKeys) ?? '',
          shop: request.body.shop,
        },
      )
      const session = await readSession(access, { token, now })
      if (!session) throw unauthenticated('Sign in again.', { refused: true })
      return sendToken(reply, { token, maxAgeMs: settings.sessionMaxMs }).send(await toView(session))
    },
  })

  accountRoute(app, {
    at: 'DELETE /v1/session',
    schema: { summary: 'Sign out', response: { 204: z.null() } },
    handler: async (request, reply) => {
      const { id } = request.session
      await endSessionsOf({ ...deps, db }, { ...own(request), only: id })
      return end(reply)
    },
  })

  accountRoute(app, {
    at: 'GET /v1/session/all',
    schema: { summary: 'Your own sessions', response: { 200: sessionList } },
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
    schema: { summary: 'End all your other sessions', response: { 204: z.null() } },
    handler: async (request, reply) => {
      const { id } = request.session
      await endSessionsOf({ ...deps, db }, { ...own(request), except: id })
      return reply.code(204).send(null)
    },
  })

  accountRoute(app, {
    at: 'DELETE /v1/session/all/:id',
    schema: {
      summary: 'End one of your own sessions',

      params: numberedId,
      response: { 204: z.null() },
    },
    problems: [404],
    handler: async (request, reply) => {
      const { id } = request.session
      const ended = await endSessionsOf({ ...deps, db }, { ...own(request), only: request.params.id })
      if (ended === 0) throw notFound('You have no session with this id.')
      return request.params.id === id ? end(reply) : reply.code(204).send(null)
    },
  })
}
