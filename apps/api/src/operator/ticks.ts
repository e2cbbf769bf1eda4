import { tickAnswer } from '@jejak/contract'
import { runTickFor, tickNames } from '@jejak/core/checking/overview'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { movedRoute, operatorRoute } from '../http/routes.ts'

const tickParams = z.object({ name: z.enum(tickNames, `A tick is one of ${tickNames.join(', ')}.`) })

/** Ticks from outside, for installations whose clockwork is not ours (`CRON_ENABLED=false`). */
export const tickRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { operatorDb } = deps
  const route: Parameters<typeof operatorRoute<typeof schema>>[1] = {
    at: 'POST /v1/operator/ticks/:name',
    permission: 'ticks:run',
    schema,
    handler: async ({ caller: { actor }, params: { name } }, reply) => {
      const jobs = await runTickFor({ ...deps, db: operatorDb }, { actor, name, now: await deps.clock(operatorDb.sql) })
      return reply.code(202).send({ tick: name, jobs })
    },
  }
  operatorRoute(app, route)
  movedRoute(app, { ...route, at: 'POST /v1/admin/ticks/:name' })
}

const schema = {
  summary: 'Run a tick now',
  description:
    'Only enqueues; workers do the work. No job means that nothing is due, or that the same job is already waiting.',
  params: tickParams,
  response: { 202: tickAnswer },
}
