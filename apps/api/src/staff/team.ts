import { invitationMade, invitationRequest, memberPatch, numberedId, teamView } from '@jejak/contract'
import { changeMember, inviteUser, withdrawInvitation } from '@jejak/core/access'
import { listInvitations, listMembers } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { linkPagePath } from '../account/link-page.ts'
import type { RouteDeps } from '../deps.ts'
import { staffRoute } from '../http/routes.ts'

/** Who belongs to a shop. */
export const teamRoutes = (app: FastifyInstance, { config, promptDb: db, clock }: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/team',
    permission: 'team:read',
    schema: { summary: 'The members of the shop, and open invitations', response: { 200: teamView } },
    handler: async ({ caller: { organizationId } }, reply) => {
      const now = await clock(db.sql)
      const [members, invitations] = await Promise.all([
        listMembers(db.sql, organizationId),
        listInvitations(db.sql, { organizationId, now }),
      ])
      return reply.send({
        data: members.map((one) => ({ ...one, lastSeenAt: one.lastSeenAt?.toISOString() ?? null })),
        invitations: invitations.map((one) => ({ ...one, expiresAt: one.expiresAt.toISOString() })),
      })
    },
  })

  staffRoute(app, {
    at: 'POST /v1/team/invitations',
    permission: 'team:change',
    by: 'access',
    secrets: ['link'],
    schema: {
      summary: 'Invite someone to the shop',
      description: 'Returns a link that works once; it is shown once.',
      body: invitationRequest,
      response: { 201: invitationMade },
    },
    problems: [409],
    handler: async ({ caller: { actor, organizationId }, body }, reply) => {
      const { id, token, expiresAt } = await inviteUser({ db, clock, actor }, { ...body, organizationId })
      const link = `${config.http.publicUrl}${linkPagePath}#${token}`
      return reply.code(201).send({ id, link, expiresAt: expiresAt.toISOString() })
    },
  })

  staffRoute(app, {
    at: 'DELETE /v1/team/invitations/:id',
    permission: 'team:change',
    schema: { summary: 'Withdraw an invitation', params: numberedId, response: { 204: z.null() } },
    problems: [404],
    handler: async ({ caller: { actor, organizationId }, params: { id } }, reply) => {
      await withdrawInvitation({ db, clock, actor }, { organizationId, id })
      return reply.code(204).send(null)
    },
  })

  staffRoute(app, {
    at: 'PATCH /v1/team/:id',
    permission: 'team:change',
    schema: {
      summary: 'Give a member another role',
      description: 'Signs them out everywhere. Only an owner can make someone owner, or change an owner.',
      params: numberedId,
      body: memberPatch,
      response: { 204: z.null() },
    },
    problems: [404, 409],
    handler: async ({ caller: { actor, organizationId }, params: { id: userId }, body: { role } }, reply) => {
      await changeMember({ db, clock, actor }, { organizationId, userId, role })
      return reply.code(204).send(null)
    },
  })

  staffRoute(app, {
    at: 'DELETE /v1/team/:id',
    permission: 'team:change',
    schema: {
      summary: 'Remove a member from the shop',
      description: 'Signs them out everywhere.',
      params: numberedId,
      response: { 204: z.null() },
    },
    problems: [404, 409],
    handler: async ({ caller: { actor, organizationId }, params: { id: userId } }, reply) => {
      await changeMember({ db, clock, actor }, { organizationId, userId, role: null })
      return reply.code(204).send(null)
    },
  })
}
