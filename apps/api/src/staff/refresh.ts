import { type JobView, jobParams, jobView, type RefreshAnswer, refreshAnswer, trackingIdParams } from '@jejak/contract'
import { manualWait } from '@jejak/core/checking/overview'
import { type FoundJob, findJob } from '@jejak/core/queue'
import { refreshTracking } from '@jejak/core/registering'
import { type ApiKeyIdentity, findGate, isConnectionOf } from '@jejak/db'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../deps.ts'
import { callerOf, type RequireScope } from '../http/auth.ts'
import { conflict, notFound } from '../http/http-problem.ts'
import { keySecurity, problemResponses } from '../http/openapi.ts'
import { registeringDeps } from '../shop/shop-context.ts'

const shared = { tags: ['admin'], security: keySecurity }

/** Staff ask for one parcel now, and follow the job that does it. */
export const adminRefreshRoutes =
  (deps: Deps, requireScope: RequireScope): FastifyPluginAsyncZod =>
  async (app) => {
    const isStaff = { onRequest: requireScope('admin') }

    app.post(
      '/v1/admin/trackings/:id/refresh',
      {
        ...isStaff,
        config: { limit: 'refreshes' },
        schema: {
          ...shared,
          summary: 'Ask EasyParcel about a parcel now',
          description:
            'Pays from the reserve of the day’s budget; once that is used up it waits for its place in the day’s plan, and `wait` says so. 409 while somebody is asking already.',
          params: trackingIdParams,
          response: { 202: refreshAnswer, ...problemResponses(400, 401, 403, 404, 409, 429) },
        },
      },
      async (request, reply) => {
        const { organizationId } = callerOf(request)
        const trackingId = request.params.id
        const refresh = await refreshTracking(registeringDeps(deps), { organizationId, trackingId })
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
    )

    app.get(
      '/v1/admin/jobs/:id',
      {
        ...isStaff,
        schema: {
          ...shared,
          summary: 'How far a job is',
          params: jobParams,
          response: { 200: jobView, ...problemResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const job = await findJob(deps.boss, request.params.id)
        if (!job || !(await mayFollow(deps, callerOf(request), job)))
          throw notFound('There is no such job; finished ones are kept for a day.')
        return toJobView(job)
      },
    )
  }

/** A shop follows checks with its own accounts; operators follow everything. */
const mayFollow = async (
  { db }: Deps,
  { organizationId, isOperators }: ApiKeyIdentity,
  { connectionId }: FoundJob,
): Promise<boolean> =>
  isOperators || (connectionId !== undefined && (await isConnectionOf(db.sql, { organizationId, connectionId })))

const findWait = async ({ db, config, now }: Deps, connectionId: string): Promise<RefreshAnswer['wait']> => {
  const gate = await findGate(db.sql, connectionId)
  const wait = gate ? manualWait(gate, now(), config.tracking) : null
  return wait && { reason: wait.reason, until: wait.until?.toISOString() ?? null }
}

const stateOf = (state: FoundJob['state']): JobView['state'] =>
  state === 'created' || state === 'retry' ? 'waiting' : state

const toJobView = ({ id, queue, state, createdOn, startedOn, completedOn }: FoundJob): JobView => ({
  id,
  queue,
  state: stateOf(state),
  createdAt: createdOn.toISOString(),
  startedAt: startedOn?.toISOString() ?? null,
  completedAt: completedOn?.toISOString() ?? null,
})
