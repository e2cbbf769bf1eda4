import {
  type RefreshRequest,
  refreshIdParams,
  refreshListQuery,
  refreshPage,
  refreshPlan,
  refreshRequest,
  refreshRun,
  refreshStarted,
} from '@jejak/contract'
import {
  getRefresh,
  listRefreshes,
  planRefresh,
  type RefreshTurn,
  startRefresh,
  steerRefresh,
} from '@jejak/core/refreshing'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { type Caller, staffRoute } from '../http/routes.ts'
import { peopleFor } from '../shop/people-for.ts'

/** Staff have many parcels checked, and follow, pause and cancel that. */
export const refreshRunRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  staffRoute(app, {
    at: 'POST /v1/admin/refreshes',
    permission: 'checks:bulk',
    limit: 'refreshes',
    schema: {
      summary: 'Ask EasyParcel about many parcels',
      description:
        'Takes `ids` or a `filter` with the words of `GET /v1/trackings`. With `dryRun` it only tells what a run would do (200). It pays from the reserve of the day’s budget; once that is used up it waits for its places in the day’s plan. A parcel is never asked about twice at once.',
      body: refreshRequest,
      response: { 200: refreshPlan, 202: refreshStarted },
    },
    problems: [409],
    handler: async ({ caller, body }, reply) => {
      if (body.dryRun) return reply.send(await planRefresh(deps, { ...askedBy(deps, caller), asked: body }))
      const run = await started(deps, caller, body)
      const follow = `/v1/admin/refreshes/${run.id}`
      return reply.code(202).header('location', follow).send({ run, follow })
    },
  })

  staffRoute(app, {
    at: 'GET /v1/admin/refreshes',
    permission: 'checks:read',
    schema: {
      summary: 'The shop’s refresh runs',
      description: 'Newest first.',
      querystring: refreshListQuery,
      response: { 200: refreshPage },
    },
    handler: ({ caller: { organizationId }, query: { cursor = null, limit } }) =>
      listRefreshes(deps, { organizationId, cursor, limit }),
  })

  staffRoute(app, {
    at: 'GET /v1/admin/refreshes/:id',
    permission: 'checks:read',
    schema: { summary: 'How a refresh run stands', params: refreshIdParams, response: { 200: refreshRun } },
    problems: [404],
    handler: ({ caller: { organizationId }, params }) => getRefresh(deps, { organizationId, runId: params.id }),
  })

  for (const turn of ['pause', 'resume', 'cancel'] as const)
    staffRoute(app, {
      at: `POST /v1/admin/refreshes/:id/${turn}`,
      permission: 'checks:bulk',
      schema: {
        summary: `${turn[0]!.toUpperCase()}${turn.slice(1)} a refresh run`,
        description: meaning[turn],
        params: refreshIdParams,
        response: { 200: refreshRun },
      },
      problems: [404, 409],
      handler: async ({ caller: { actor, organizationId }, params: { id: runId } }) => {
        await steerRefresh(deps, { actor, organizationId, runId, turn })
        return getRefresh(deps, { organizationId, runId })
      },
    })
}

const meaning: Record<RefreshTurn, string> = {
  pause: 'Parcels that no call has leave the queue and get their usual times back.',
  resume: 'Goes on where it was paused.',
  cancel: 'Parcels that were not asked about yet are not; what is done stays, and a call under way is still answered.',
}

const askedBy = (deps: RouteDeps, caller: Caller) => ({
  organizationId: caller.organizationId,
  people: peopleFor(deps, caller),
})

const started = async (deps: RouteDeps, caller: Caller, asked: RefreshRequest) => {
  const { actor, organizationId } = caller
  const runId = await startRefresh(deps, { actor, ...askedBy(deps, caller), asked })
  return getRefresh(deps, { organizationId, runId })
}
