import { healthView } from '@jejak/contract'
import { clockDifference, clockIsOff } from '@jejak/core/checking/overview'
import { DatabaseSilentError, isSchemaThere, listJobFailures, withinTime } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { unavailable } from '../http/http-problem.ts'
import { createMemory } from '../http/remember.ts'
import { publicRoute } from '../http/routes.ts'

const answerWithinMs = 1_000
const aProbe = { limit: 'none' } as const
const tags = ['health']

/** `live`: this process runs. `ready`: it can serve, since the database answers and has our tables. */
export const healthRoutes = (app: FastifyInstance, deps: HealthDeps): void => {
  publicRoute(app, {
    ...aProbe,
    at: 'GET /health/live',
    schema: { tags, summary: 'Whether this process runs', response: { 200: healthView } },
    handler: async () => ({ status: 'ok' as const }),
  })
  publicRoute(app, {
    ...aProbe,
    at: 'GET /health/ready',
    schema: { tags, summary: 'Whether this process can serve', response: { 200: healthView } },
    handler: createHealthFinder(deps),
  })
}

type HealthDeps = Pick<RouteDeps, 'config' | 'operatorDb' | 'clock' | 'now'>

/** Asks once a second, however many want to know. */
const createHealthFinder = ({ config, operatorDb: db, clock, now }: HealthDeps) => {
  const prompt = withinTime(db.sql, answerWithinMs)
  const fence = config.database.isFenced ? {} : ({ fence: 'off' } as const)
  const findHealth = async (): Promise<z.infer<typeof healthView>> => {
    const isThere = await isSchemaThere(prompt).catch((error: unknown) => {
      throw error instanceof DatabaseSilentError ? unavailable(error.message) : error
    })
    if (!isThere) throw unavailable('The database has no tables of Jejak yet; run `jejak migrate`.')
    const isOff = clockIsOff(await clockDifference({ sql: db.sql, clock, now }))
    if (isOff) return { status: 'degraded', reason: 'clock_off', ...fence }
    return (await listJobFailures(db.sql, { shop: 'all' })).length > 0
      ? { status: 'degraded', reason: 'jobs_failing', ...fence }
      : { status: 'ok', ...fence }
  }
  const remember = createMemory<z.infer<typeof healthView>>({ keptMs: 1_000, keptMax: 1, now })
  return () => remember('health', findHealth)
}
