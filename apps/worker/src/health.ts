import { createServer, type Server } from 'node:http'
import type { Config } from '@jejak/config'
import { clockDifference, clockIsOff } from '@jejak/core/checking'
import type { WorkerDeps } from './deps.ts'

const rememberedMs = 1_000

type HealthDeps = Pick<WorkerDeps, 'db' | 'clock' | 'now'>

/**
 * Answers `/health/live` while the process runs and `/health/ready` while it can reach its database and agrees with its clock; nothing else.
 * Port 0 switches it off.
 */
export const startHealth = (
  { healthHost: host, healthPort: port }: Pick<Config['worker'], 'healthHost' | 'healthPort'>,
  deps: HealthDeps,
): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    if (port === 0) return resolve(undefined)
    const readiness = rememberingReadiness(deps)
    const server = createServer(async (request, reply) => {
      const { status, reason } = await healthOf(request.url ?? '', readiness)
      reply
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ok: status === 200, reason }))
    })
    server.requestTimeout = 5_000
    server.once('error', reject)
    server.listen({ host, port }, () => resolve(server))
  })

type Health = { status: 200 | 404 | 503; reason?: 'database_away' | 'clock_off' }

const healthOf = async (path: string, readiness: () => Promise<Health>): Promise<Health> => {
  if (path === '/health/live') return { status: 200 }
  return path === '/health/ready' ? readiness() : { status: 404 }
}

/** The database is asked once a second, however many want to know. */
const rememberingReadiness = (deps: HealthDeps): (() => Promise<Health>) => {
  let asked: { atMs: number; health: Promise<Health> } | undefined
  return () => {
    const atMs = performance.now()
    if (!asked || atMs - asked.atMs >= rememberedMs) asked = { atMs, health: findReadiness(deps) }
    return asked.health
  }
}

const findReadiness = ({ db, clock, now }: HealthDeps): Promise<Health> =>
  db.sql
    .query('select from installation')
    .then(() => clockDifference({ sql: db.sql, clock, now }))
    .then(
      (differenceMs): Health => (clockIsOff(differenceMs) ? { status: 503, reason: 'clock_off' } : { status: 200 }),
      () => ({ status: 503, reason: 'database_away' }),
    )
