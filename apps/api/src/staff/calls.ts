import { callList, callListQuery } from '@jejak/contract'
import { toCallView } from '@jejak/core/checking/overview'
import { listCalls } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { staffRoute } from '../http/routes.ts'

// So far back failures are looked for: a shop that has none would have all of its calls read.
const failuresWithinMs = 7 * 86_400_000

/** What a shop asked EasyParcel. */
export const callRoutes = (app: FastifyInstance, { db, now }: RouteDeps): void =>
  staffRoute(app, {
    at: 'GET /v1/admin/calls',
    permission: 'usage:read',
    schema: {
      summary: 'The last calls to EasyParcel',
      description: 'Newest first. With failed=true the failures of the last seven days.',
      querystring: callListQuery,
      response: { 200: callList },
    },
    handler: async ({ caller: { organizationId }, query: { limit, failed } }) => {
      const only = failed ? { isFailed: true, since: new Date(now().getTime() - failuresWithinMs) } : {}
      const calls = await listCalls(db.ofShop(organizationId).sql, { limit, ...only })
      return { data: calls.map(toCallView) }
    },
  })
