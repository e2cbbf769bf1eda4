import { tickAnswer } from '@jejak/contract'
import { runTick, tickNames } from '@jejak/core/checking/overview'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import type { RequireScope } from '../http/auth.ts'
import { keySecurity, problemResponses } from '../http/openapi.ts'

const tickParams = z.object({ name: z.enum(tickNames, `A tick is one of ${tickNames.join(', ')}.`) })

/** Ticks from outside, for installations whose clockwork is not ours (`CRON_ENABLED=false`). */
export const adminTickRoutes =
  (deps: Deps, requireScope: RequireScope): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/admin/ticks/:name',
      {
        onRequest: requireScope('admin', { ofOperators: true }),
        schema: {
          tags: ['admin'],
          security: keySecurity,
          summary: 'Run a tick now',
          description:
            'Only enqueues; workers do the work. No job means that nothing is due, or that the same waits already.',
          params: tickParams,
          response: { 202: tickAnswer, ...problemResponses(400, 401, 403) },
        },
      },
      async (request, reply) => {
        const { name } = request.params
        const jobs = await runTick(deps, name, await deps.clock(deps.db.sql))
        return reply.code(202).send({ tick: name, jobs })
      },
    )
  }
