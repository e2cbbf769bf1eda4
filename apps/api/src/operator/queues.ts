import {
  type JobView,
  jobParams,
  jobRetried,
  jobsPage,
  jobsQuery,
  retryAnswer,
  retryFailedJobs as retryFailedJobsBody,
} from '@jejak/contract'
import { cancelJob, isQueueName, queueNames, retryFailedJobs, retryJob, shownState } from '@jejak/core/queue'
import { countJobs, type JobRow, type JobState, jobStates, listJobs } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { invalid } from '../http/http-problem.ts'
import { operatorRoute } from '../http/routes.ts'

/** Operators see what waits, runs and failed in the queue, and have it done again or cancelled. */
export const queueRoutes = (app: FastifyInstance, routeDeps: RouteDeps): void => {
  const { operatorDb: db } = routeDeps
  const deps = { ...routeDeps, db }
  operatorRoute(app, {
    at: 'GET /v1/operator/jobs',
    permission: 'system:read',
    schema: {
      summary: 'The jobs of the queue, the newest first, and how many there are',
      description: 'Finished jobs are kept for a day. The state waiting holds jobs that are tried again, too.',
      querystring: jobsQuery,
      response: { 200: jobsPage },
    },
    handler: async ({ query: { queue, state, limit, cursor: afterId } }) => {
      const queues = queue === undefined ? queueNames : [readQueue(queue)]
      const [jobs, counts] = await Promise.all([
        listJobs(db.sql, { queues, states: statesOf(state), afterId, limit: limit + 1 }),
        afterId === undefined ? countJobs(db.sql, queues) : [],
      ])
      return {
        counts: counts.map(({ oldestAt, state: of, ...counted }) => ({
          ...{ ...counted, state: shownState(of), oldestAt: oldestAt.toISOString() },
        })),
        data: jobs.slice(0, limit).map(toView),
        nextCursor: jobs.length > limit ? jobs[limit - 1]!.id : null,
      }
    },
  })
  operatorRoute(app, {
    at: 'POST /v1/operator/jobs/retry',
    permission: 'jobs:manage',
    schema: {
      summary: 'Have all failed jobs of a queue done again, or of all queues',
      description: 'At most 1,000, the newest. A job that is the same as one that waits is not sent twice.',
      body: retryFailedJobsBody,
      response: { 200: retryAnswer },
    },
    handler: async ({ caller: { actor }, body: { queue } }) => ({
      sent: await retryFailedJobs(deps, { actor, queue: queue === undefined ? null : readQueue(queue) }),
    }),
  })
  operatorRoute(app, {
    at: 'POST /v1/operator/jobs/:id/retry',
    permission: 'jobs:manage',
    schema: {
      summary: 'Have what a failed or cancelled job was for done by a new one',
      params: jobParams,
      response: { 200: jobRetried },
    },
    problems: [404, 409],
    handler: async ({ caller: { actor }, params: { id } }) => {
      const job = await retryJob(deps, { actor, id })
      return { sent: job === null ? 0 : 1, job }
    },
  })
  operatorRoute(app, {
    at: 'POST /v1/operator/jobs/:id/cancel',
    permission: 'jobs:manage',
    schema: {
      summary: 'Take back a job that waits; one that runs ends at its next step',
      params: jobParams,
      response: { 204: z.null().meta({ description: 'Cancelled' }) },
    },
    problems: [404, 409],
    handler: async ({ caller: { actor }, params: { id } }, reply) => {
      await cancelJob(deps, { actor, id })
      return reply.code(204).send(null)
    },
  })
}

const readQueue = (name: string) => {
  if (isQueueName(name)) return name
  throw invalid(`queue: There is no queue ${JSON.stringify(name.slice(0, 40))}; it is one of ${queueNames.join(', ')}.`)
}

const statesOf = (state: JobView['state'] | undefined): readonly JobState[] =>
  state === undefined ? jobStates : jobStates.filter((of) => shownState(of) === state)

const toView = ({ singletonKey: _key, createdAt, startsAfter, startedAt, completedAt, state, ...job }: JobRow) => ({
  ...job,
  state: shownState(state),
  createdAt: createdAt.toISOString(),
  startsAfter: startsAfter.toISOString(),
  startedAt: startedAt?.toISOString() ?? null,
  completedAt: completedAt?.toISOString() ?? null,
})
