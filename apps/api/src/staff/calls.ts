import { callList, callListQuery } from '@jejak/contract'
import { callFile, listCallsPage } from '@jejak/core/listing'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { jsonOrCsv, sendCsv } from '../http/csv-answer.ts'
import { staffRoute } from '../http/routes.ts'

/** What a shop asked EasyParcel. */
export const callRoutes = (app: FastifyInstance, { db, now }: RouteDeps): void =>
  staffRoute(app, {
    at: 'GET /v1/admin/calls',
    permission: 'usage:read',
    schema: {
      summary: 'The calls to EasyParcel',
      description:
        'Newest first. With failed=true and no `since`, the failures of the last seven days. `format=csv` answers text/csv.',
      querystring: callListQuery,
      response: { 200: jsonOrCsv(callList) },
    },
    handler: async ({ caller: { organizationId }, query: { format, ...asked } }, reply) => {
      const shop = db.ofShop(organizationId).sql
      if (format === 'csv') return sendCsv(reply, { name: 'calls', csv: callFile(shop, { asked, now: now() }) })
      return listCallsPage(shop, { asked, now: now() })
    },
  })
