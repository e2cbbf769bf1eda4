import { type LinkView, linkLook, linkUse, linkUsed, linkView } from '@jejak/contract'
import { type LinkUse, readLink, useLink } from '@jejak/core/access'
import type { LinkRow, SessionRow } from '@jejak/db'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { addressOf } from '../http/address-block.ts'
import { publicRoute } from '../http/routes.ts'
import { findSessionOf, requireSafeTransport } from '../http/session.ts'
import { createAttempts, wrongSignIn } from './attempts.ts'

const needsOf = (link: LinkRow, session: SessionRow | undefined): LinkView['needs'] => {
  if (link.kind === 'setup') return ['email', 'name', 'newPassword']
  if (link.kind === 'reset') return ['newPassword']
  if (link.userId === null) return ['name', 'newPassword']
  return session?.userId === link.userId ? [] : ['password']
}

type Filled = Pick<LinkUse, 'token' | 'email' | 'name' | 'password' | 'code'>

/** What looks at a link for whoever opened it, and what uses it for them. */
export const createLinkDoor = (deps: RouteDeps) => {
  const { config, promptDb: db, accessKeys, totpSealer, clock } = deps
  const access = { db, accessKeys, totpSealer, settings: config.access }
  const attempts = createAttempts(deps)
  const sessionOf = (request: FastifyRequest) => findSessionOf({ ...deps, db }, request)

  return {
    look: async (request: FastifyRequest, token: string): Promise<LinkView> => {
      const link = await readLink(access, { token, now: await clock(db.sql) })
      const { kind, email, shop, shopName, role, expiresAt } = link
      return linkView.parse({
        ...{ kind, email, role, shop: shopName ?? shop },
        expiresAt: expiresAt.toISOString(),
        needs: needsOf(link, await sessionOf(request)),
      })
    },
    use: async (request: FastifyRequest, filled: Filled): Promise<string> => {
      requireSafeTransport(request, config.http)
      const now = await clock(db.sql)
      const signedInAs = (await sessionOf(request))?.userId ?? null
      const by = { signedInAs, address: addressOf(request), requestId: request.id, now }
      const used = await attempts({ request, now, wrong: wrongSignIn }, () => useLink(access, { ...filled, ...by }))
      return used.email
    },
  }
}

/** The links that invite people, give them another password and make the first user. The token travels in bodies, so that no log holds it. */
export const linkRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const door = createLinkDoor(deps)

  publicRoute(app, {
    at: 'POST /v1/links/look',
    limit: 'visits',
    schema: {
      summary: 'What a link is for, and what it needs',
      tags: ['account'],
      body: linkLook,
      response: { 200: linkView },
    },
    problems: [404],
    handler: async (request, reply) => reply.send(await door.look(request, request.body.token)),
  })

  publicRoute(app, {
    at: 'POST /v1/links/use',
    limit: 'visits',
    schema: {
      summary: 'Use a link',
      description: 'Each link works once. It creates a user, adds a user to a shop, or sets a new password.',
      tags: ['account'],
      body: linkUse,
      response: { 200: linkUsed },
    },
    problems: [401, 403, 404, 409],
    handler: async (request, reply) => reply.send({ email: await door.use(request, request.body) }),
  })
}
