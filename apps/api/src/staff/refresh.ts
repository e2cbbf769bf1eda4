import { type RefreshAnswer, refreshAnswer, trackingIdParams } from '@jejak/contract'
import { manualWait } from '@jejak/core/checking/overview'
import { refreshTracking } from '@jejak/core/registering'
import { findGate } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { conflict, notFound } from '../http/http-problem.ts'
import { staffRoute } from '../http/routes.ts'

/** Staff ask for one parcel now. */
export const refreshRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  staffRoute(app, {
    method: 'POST',
    url: '/v1/admin/trackings/:id/refresh',
    limit: 'refreshes',
    schema: {
      summary: 'Ask EasyParcel about a parcel now',
      description:
        'Pays from the reserve of the day’s budget; once that is used up it waits for its place in the day’s plan, and `wait` says so. 409 while somebody is asking already.',
      params: trackingIdParams,
      response: { 202: refreshAnswer },
    },
    problems: [404, 409],
    handler: async ({ caller: { organizationId }, params: { id: trackingId } }, reply) => {
      const refresh = await refreshTracking(deps, { organizationId, trackingId })
      switch (refresh.outcome) {
        case 'not_found':
          throw notFound('This shop has no parcel with this id that could be checked.')
        case 'in_flight':
          throw conflict('EasyParcel is being asked about this parcel right now; read it again in a few seconds.')
        case 'waiting':
          throw conflict('A check of this parcel has been asked for already and is about to run.')
        case 'accepted': {
          const follow = `/v1/admin/jobs/${refresh.jobId}`
          return reply
            .code(202)
            .header('location', follow)
            .send({
              job: { id: refresh.jobId, trackingId, follow },
              wait: await findWait(deps, refresh.connectionId),
            })
        }
      }
    },
  })
}

const findWait = async (
  { db, config, now }: Pick<RouteDeps, 'db' | 'config' | 'now'>,
  connectionId: string,
): Promise<RefreshAnswer['wait']> => {
  const gate = await findGate(db.sql, connectionId)
  const wait = gate ? manualWait(gate, now(), config.tracking) : null
  return wait && { reason: wait.reason, until: wait.until?.toISOString() ?? null }
}
