import { createServer, type Server } from 'node:http'
import type { Db } from '@jejak/db'

/** Answers `/health/live` while the process runs and `/health/ready` while it can reach its database; nothing else. Port 0 switches it off. */
export const startHealth = (port: number, db: Pick<Db, 'sql'>): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    if (port === 0) return resolve(undefined)
    const server = createServer(async (request, reply) => {
      const status = await healthOf(request.url ?? '', db)
      reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: status === 200 }))
    })
    server.requestTimeout = 5_000
    server.once('error', reject)
    server.listen(port, () => resolve(server))
  })

const healthOf = async (path: string, db: Pick<Db, 'sql'>): Promise<number> => {
  if (path === '/health/live') return 200
  if (path !== '/health/ready') return 404
  return db.sql.query('select from installation').then(
    () => 200,
    () => 503,
  )
}
