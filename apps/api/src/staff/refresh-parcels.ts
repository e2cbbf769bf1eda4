import { refreshIdParams, refreshParcelPage, refreshParcelsQuery } from '@jejak/contract'
import { csvInPages, csvPageRows } from '@jejak/core/csv'
import { noSuchRun } from '@jejak/core/refreshing'
import { findRun, listRunParcels, type RunParcelRow } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { jsonOrCsv, sendCsv } from '../http/csv-answer.ts'
import { staffRoute } from '../http/routes.ts'

const columns = ['trackingId', 'trackingNumber', 'status', 'state', 'reason', 'askedAt', 'settledAt', 'callId'] as const

/** What became of each parcel of a run: page by page, or all of them as CSV, which is read as fast as it is sent. */
export const refreshParcelRoutes = (app: FastifyInstance, { db }: RouteDeps): void =>
  staffRoute(app, {
    at: 'GET /v1/admin/refreshes/:id/parcels',
    permission: 'checks:read',
    schema: {
      summary: 'What became of each parcel of a refresh run',
      description:
        'In the order of their ids. `waiting` has not been asked for, `asked` is due ahead of others or being asked right now; the others are done. `reason` says why a parcel was skipped or failed. `format=csv` answers text/csv.',
      params: refreshIdParams,
      querystring: refreshParcelsQuery,
      response: { 200: jsonOrCsv(refreshParcelPage) },
    },
    problems: [404],
    handler: async ({ caller: { organizationId }, params: { id: runId }, query }, reply) => {
      const shop = db.ofShop(organizationId).sql
      if (!(await findRun(shop, runId))) throw noSuchRun()
      const { state, format, limit, cursor = '0' } = query
      const asked = { runId, states: state === undefined ? null : [state] }
      if (format === 'csv') {
        const read = async (last: { trackingId: string } | undefined) =>
          (await listRunParcels(shop, { ...asked, afterId: last?.trackingId ?? '0', limit: csvPageRows })).map(toView)
        return sendCsv(reply, { name: `refresh-${runId}`, csv: csvInPages(columns, read) })
      }
      const found = await listRunParcels(shop, { ...asked, afterId: cursor, limit: limit + 1 })
      const page = found.slice(0, limit)
      return { data: page.map(toView), nextCursor: found.length > limit ? page.at(-1)!.trackingId : null }
    },
  })

const toView = ({ askedAt, settledAt, ...row }: RunParcelRow) => ({
  ...row,
  askedAt: askedAt?.toISOString() ?? null,
  settledAt: settledAt?.toISOString() ?? null,
})
