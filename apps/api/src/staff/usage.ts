import { usageList, usageQuery } from '@jejak/contract'
import { csvOf } from '@jejak/core/csv'
import { findUsage, usageColumns } from '@jejak/core/usage'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { jsonOrCsv, sendCsv } from '../http/csv-answer.ts'
import { staffRoute } from '../http/routes.ts'

/** What a shop’s calls were used for. */
export const usageRoutes = (app: FastifyInstance, { db, now, settingsOf }: RouteDeps): void =>
  staffRoute(app, {
    at: 'GET /v1/admin/usage',
    permission: 'usage:read',
    schema: {
      summary: 'Calls, checks and reads by hour, day or courier',
      description:
        'At most 8 days by hour, else 400. By courier of the newest 10,000 calls that no night has counted yet, and of all before; `isComplete: false` where there are more. `format=csv` answers text/csv.',
      querystring: usageQuery,
      response: { 200: jsonOrCsv(usageList) },
    },
    handler: async ({ caller: { organizationId }, query: { format, ...asked } }, reply) => {
      const { timezone } = settingsOf(organizationId)
      const usage = await findUsage(db.ofShop(organizationId).sql, { ...asked, now: now(), timezone })
      if (format === 'json') return usage
      const { by } = asked
      return sendCsv(reply, {
        name: `usage-by-${by}-${usage.from}-${usage.to}`,
        csv: csvOf(usageColumns[by], usage.data),
      })
    },
  })
