import { setTimeout as wait } from 'node:timers/promises'
import { startBoss, wakeConnection } from '@jejak/core/queue'
import type { Family } from '../family.ts'
import { alternate } from '../rounds.ts'
import { median } from '../statistics.ts'
import { withParcels, withServers } from '../world/with-database.ts'

const addConnectionsSql = `
  with shops as (insert into organizations (slug, name) select 'shop-' || i, 'Shop ' || i from generate_series(1, $1) as i returning id)
  insert into connections (organization_id, api) select id, 'open' from shops returning id::text as id`
const leftSql = `select count(*)::int as left from pgboss.job where name = 'check-due' and state in ('created', 'retry', 'active')`
const patienceMs = 120_000

/** How many accounts one worker process gets through when each has a job and nothing to check. */
export const queue: Family = {
  about: 'check-due jobs of many accounts, sent, and worked off by one real worker process',
  run: (bench) => {
    const { isQuick, rounds } = bench.size
    const jobs = isQuick ? 4 : 40
    const seed = { name: 'queue', parcels: 1, now: new Date(), withDocuments: false }
    return withParcels(bench, seed, async ({ db, url }) =>
      withServers(async (keep) => {
        const { rows } = await db.sql.query<{ id: string }>(addConnectionsSql, [jobs])
        await keep(bench.world.startWorker(url, 'http://127.0.0.1:9'))
        const boss = await startBoss({
          url,
          poolMax: 2,
          applicationName: 'jejak-bench-queue',
          role: 'send',
          onError: () => undefined,
        })
        const isDone = async () => (await db.sql.query<{ left: number }>(leftSql)).rows[0]?.left === 0
        const measure = async () => {
          const begunAt = performance.now()
          for (const { id } of rows) await wakeConnection(boss, id)
          const sentAt = performance.now()
          while (!(await isDone())) {
            if (performance.now() - sentAt > patienceMs) throw new Error('the jobs were not done in time')
            await wait(20)
          }
          return { sent: (jobs / (sentAt - begunAt)) * 1000, done: (jobs / (performance.now() - begunAt)) * 1000 }
        }
        try {
          const { all } = await alternate({ all: measure }, rounds, bench.report)
          const sent = all.map((round) => round.sent)
          const done = all.map((round) => round.done)
          return {
            arms: [
              { name: 'sent one by one', unit: 'jobs/s', values: sent },
              { name: 'sent and done', unit: 'jobs/s', values: done },
            ],
            figures: [
              { text: 'check-due jobs sent', value: median(sent), unit: 'jobs/s' },
              { text: 'check-due jobs done by one worker process', value: median(done), unit: 'jobs/s' },
            ],
          }
        } finally {
          await boss.stop({ graceful: false, close: true, timeout: 1_000 })
        }
      }),
    )
  },
}
