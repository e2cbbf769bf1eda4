import { createServer, type Server } from 'node:http'
import { clockDifference, clockIsOff } from '@jejak/core/checking'
import type { WorkerDeps } from './deps.ts'

type HealthDeps = Pick<WorkerDeps, 'db' | 'clock' | 'now'>

/**
 * Answers `/health/live` while the process runs and `/health/ready` while it can reach its database and agrees with its clock; nothing else.
 * Port 0 switches it off.
 */
export const startHealth = (port: number, deps: HealthDeps): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    if (port === 0) return resolve(undefined)
    const server = createServer(async (request, reply) => {
      const { status, reason } = await healthOf(request.url ?? '', deps)
      reply
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ok: status === 200, reason }))
    })
    server.requestTimeout = 5_000
    server.once('error', reject)
    server.listen(port, () => resolve(server))
  })

type Health = { status: 200 | 404 | 503; reason?: 'database_away' | 'clock_off' }

const healthOf = async (path: string, { db, clock, now }: HealthDeps): Promise<Health> => {
  if (path === '/health/live') return { status: 200 }
  if (path !== '/health/ready') return { status: 404 }
  return db.sql
    .query('select from installation')
    .then(() => clockDifference({ sql: db.sql, clock, now }))
    .then(
      (differenceMs): Health => (clockIsOff(differenceMs) ? { status: 503, reason: 'clock_off' } : { status: 200 }),
      () => ({ status: 503, reason: 'database_away' }),
    )
}
