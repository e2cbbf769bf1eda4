import { keyList, keyMade, keyRequest, numberedId } from '@jejak/contract'
import { createKey, revokeKey } from '@jejak/core/access'
import { apiKeyPrefix, listKeysOf } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { invalid } from '../http/http-problem.ts'
import { staffRoute } from '../http/routes.ts'

/** The API keys of a shop. */
export const keyRoutes = (app: FastifyInstance, { promptDb: db, clock }: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/keys',
    permission: 'keys:read',
    schema: { summary: 'The shop’s API keys, newest first', response: { 200: keyList } },
    handler: async ({ caller: { organizationId } }, reply) => {
      const keys = await listKeysOf(db.sql, organizationId)
      const iso = (at: Date | null) => at?.toISOString() ?? null
      return reply.send({
        data: keys.map((key) => ({
          ...{ id: key.id, prefix: key.prefix, name: key.name, scopes: key.scopes },
          ...{ createdAt: key.createdAt.toISOString(), expiresAt: iso(key.expiresAt) },
          ...{ lastUsedAt: iso(key.lastUsedAt), revokedAt: iso(key.revokedAt) },
        })),
      })
    },
  })

  staffRoute(app, {
    at: 'POST /v1/keys',
    permission: 'keys:change',
    by: 'access',
    secrets: ['key'],
    schema: {
      summary: 'Create an API key',
      description: 'The key is shown once; Jejak stores only its hash.',
      body: keyRequest,
      response: { 201: keyMade },
    },
    handler: async ({ caller: { actor, organizationId }, body }, reply) => {
      const expiresAt = body.expiresAt == null ? null : new Date(body.expiresAt)
      if (expiresAt && expiresAt <= (await clock(db.sql))) throw invalid('expiresAt: Write an instant to come.')
      const { id, key } = await createKey({ db, clock, actor }, { ...body, organizationId, expiresAt })
      return reply.code(201).send({ id, key, prefix: apiKeyPrefix(key) })
    },
  })

  staffRoute(app, {
    at: 'DELETE /v1/keys/:id',
    permission: 'keys:change',
    schema: {
      summary: 'Revoke an API key',
      description: 'It ends within a second, in every process.',
      params: numberedId,
      response: { 204: z.null() },
    },
    problems: [404],
    handler: async ({ caller: { actor, organizationId }, params: { id } }, reply) => {
      await revokeKey({ db, clock, actor }, { id, organizationId })
      return reply.code(204).send(null)
    },
  })
}
