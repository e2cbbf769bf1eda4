import { type JobView, jobParams, jobView } from '@jejak/contract'
import { type FoundJob, findJob, shownState } from '@jejak/core/queue'
import { isConnectionOf } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { notFound } from '../http/http-problem.ts'
import { deprecated, operatorRoute, staffRoute } from '../http/routes.ts'

const response = { 200: jobView }

/** Staff follow checks with their shop's own accounts, operators every job. */
export const jobRoutes = (app: FastifyInstance, { boss, db }: RouteDeps): void => {
  const isOfShop = async ({ connectionId }: FoundJob, organizationId: string): Promise<boolean> =>
    connectionId !== undefined && (await isConnectionOf(db.ofShop(organizationId).sql, connectionId))

  staffRoute(app, {
    at: 'GET /v1/admin/jobs/:id',
    permission: 'checks:read',
    schema: { summary: 'The state of a check that the shop asked for', params: jobParams, response },
    problems: [404],
    handler: async ({ caller, params }, reply) => {
      const job = await findJob(boss, params.id)
      if (job && (await isOfShop(job, caller.organizationId))) return toJobView(job)
      // For one release operators find every job here.
      if (!job || !caller.permissions.has('system:read')) throw noSuchJob()
      reply.headers(deprecated)
      return toJobView(job)
    },
  })
  operatorRoute(app, {
    at: 'GET /v1/operator/jobs/:id',
    permission: 'system:read',
    schema: { summary: 'The state of a job', params: jobParams, response },
    problems: [404],
    handler: async ({ params }) => {
      const job = await findJob(boss, params.id)
      if (!job) throw noSuchJob()
      return toJobView(job)
    },
  })
}

const noSuchJob = () => notFound('There is no such job; finished ones are kept for a day.')

const toJobView = ({ id, queue, state, createdOn, startedOn, completedOn }: FoundJob): JobView => ({
  id,
  queue,
  state: shownState(state),
  createdAt: createdOn.toISOString(),
  startedAt: startedOn?.toISOString() ?? null,
  completedAt: completedOn?.toISOString() ?? null,
})
