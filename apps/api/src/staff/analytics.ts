import { readsColumns, readsQuery, readsView, transitColumns, transitQuery, transitView } from '@jejak/contract'
import { spanOfWeeks, viewReads, viewTransit } from '@jejak/core/analytics'
import { localDay } from '@jejak/core/checking'
import { csvOf } from '@jejak/core/csv'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { jsonOrCsv, sendCsv } from '../http/csv-answer.ts'
import { staffRoute } from '../http/routes.ts'

const spanNote =
  'Whole weeks from Monday to Sunday, at most 58, refreshed each night and kept for 400 days. `format=csv` answers text/csv.'

/** What a shop would print about its parcels and its customers. */
export const analyticsRoutes = (app: FastifyInstance, { db, now, settingsOf }: RouteDeps): void => {
  const spanOf = (asked: { from?: string | undefined; to?: string | undefined }, organizationId: string) =>
    spanOfWeeks({ ...asked, today: localDay(now(), settingsOf(organizationId).timezone) })

  staffRoute(app, {
    at: 'GET /v1/admin/analytics/transit',
    permission: 'analytics:read',
    schema: {
      summary: 'Transit times and how parcels ended, by courier, state or week',
      description: spanNote,
      querystring: transitQuery,
      response: { 200: jsonOrCsv(transitView) },
    },
    handler: async ({ caller: { organizationId }, query: { by, format, ...asked } }, reply) => {
      const view = await viewTransit(db.ofShop(organizationId).sql, { by, ...spanOf(asked, organizationId) })
      if (format === 'json') return view
      const keys = by === 'state' ? (['state', 'name'] as const) : ([by] as const)
      return sendCsv(reply, {
        name: `transit-by-${by}-${view.from}-${view.to}`,
        csv: csvOf([...keys, ...transitColumns], view.data),
      })
    },
  })

  staffRoute(app, {
    at: 'GET /v1/admin/analytics/reads',
    permission: 'analytics:read',
    schema: {
      summary: 'How customers looked at parcels, by way, hour, language or day',
      description: spanNote,
      querystring: readsQuery,
      response: { 200: jsonOrCsv(readsView) },
    },
    handler: async ({ caller: { organizationId }, query: { by, format, ...asked } }, reply) => {
      const view = await viewReads(db.ofShop(organizationId).sql, { by, ...spanOf(asked, organizationId) })
      if (format === 'json') return view
      return sendCsv(reply, {
        name: `reads-by-${by}-${view.from}-${view.to}`,
        csv: csvOf([by, ...readsColumns], view.data),
      })
    },
  })
}
