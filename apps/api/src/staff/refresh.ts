import { type RefreshAnswer, refreshAnswer, trackingIdParams } from '@jejak/contract'
import { manualWait } from '@jejak/core/checking/overview'
import { refreshTracking } from '@jejak/core/registering'
import { findGate } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { staffRoute } from '../http/routes.ts'

/** Staff ask for one parcel now. */
export const refreshRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  staffRoute(app, {
    at: 'POST /v1/admin/trackings/:id/refresh',
    permission: 'checks:request',
    limit: 'refreshes',
    schema: {
      summary: 'Ask EasyParcel about a parcel now',
      description:
        'Pays from the reserve of the day’s budget; once that is used up it waits for its place in the day’s plan, and `wait` says so. 409 while someone is asking already.',
      params: trackingIdParams,
      response: { 202: refreshAnswer },
    },
    problems: [404, 409],
    handler: async ({ caller: { actor, organizationId }, params: { id: trackingId } }, reply) => {
      const { jobId, connectionId } = await refreshTracking(deps, { actor, organizationId, trackingId })
      const follow = `/v1/admin/jobs/${jobId}`
      const wait = await findWait(deps, { organizationId, connectionId })
      return reply
        .code(202)
        .header('location', follow)
        .send({ job: { id: jobId, trackingId, follow }, wait })
    },
  })
}

const findWait = async (
  { db, settingsOf, now }: Pick<RouteDeps, 'db' | 'settingsOf' | 'now'>,
  { organizationId, connectionId }: { organizationId: string; connectionId: string },
): Promise<RefreshAnswer['wait']> => {
  const gate = await findGate(db.ofShop(organizationId).sql, connectionId)
  const wait = gate ? manualWait(gate, { now: now(), settings: settingsOf(organizationId) }) : null
  return wait && { reason: wait.reason, until: wait.until?.toISOString() ?? null }
}
