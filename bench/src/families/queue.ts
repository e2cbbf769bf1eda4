import { setTimeout as wait } from 'node:timers/promises'
import { type Boss, startBoss, wakeConnection } from '@jejak/core/queue'
import type { Db } from '@jejak/db'
import type { Family } from '../family.ts'
import { alternate } from '../rounds.ts'
import { ofRounds } from '../statistics.ts'
import { withParcels, withServers } from '../world/with-database.ts'

// Logged in like the first one, whose tokens they share: without, a job would end at the missing access.
const addConnectionsSql = `
  with shops as (insert into organizations (slug, name) select 'shop-' || i, 'Shop ' || i from generate_series(1, $1) as i returning id)
  insert into connections (organization_id, api, sealed_access_token, sealed_refresh_token, access_token_expires_at)
  select shops.id, first.api, first.sealed_access_token, first.sealed_refresh_token, first.access_token_expires_at
    from shops, connections first where first.id = $2
  returning id::text as id`
const jobsSql = `
  select count(*) filter (where state in ('created', 'retry', 'active'))::int as left,
         count(*) filter (where state not in ('created', 'retry', 'active', 'completed'))::int as failed
    from pgboss.job where name = 'check-due'`
const troubleSql = `
  select (select count(*)::int from connections where paused_until is not null or breaker_failures > 0) as paused,
         (select count(*)::int from api_calls) as calls`
const patienceMs = 120_000

const untilDone = async (db: Db): Promise<void> => {
  const startedAt = performance.now()
  for (;;) {
    const { left, failed } = (await db.sql.query<{ left: number; failed: number }>(jobsSql)).rows[0]!
    if (failed > 0) throw new Error(`${failed} jobs failed`)
    if (left === 0) return
    if (performance.now() - startedAt > patienceMs) throw new Error('the jobs were not done in time')
    await wait(5)
  }
}

/** A job that found no access, or something to ask, is not the job that is measured. */
const assertNothingWasDue = async (db: Db): Promise<void> => {
  const { paused, calls } = (await db.sql.query<{ paused: number; calls: number }>(troubleSql)).rows[0]!
  if (paused > 0 || calls > 0) throw new Error(`${paused} accounts were paused, ${calls} calls were opened`)
}

const measure = async (db: Db, boss: Boss, ids: readonly string[]) => {
  // At any moment between two looks of the worker, not always right after one.
  await wait(Math.random() * 1_000)
  const oneAt = performance.now()
  await wakeConnection(boss, { connectionId: ids[0]! })
  await untilDone(db)
  const begunAt = performance.now()
  for (const id of ids) await wakeConnection(boss, { connectionId: id })
  const sentAt = performance.now()
  await untilDone(db)
  const perSecond = (ms: number) => (ids.length / ms) * 1000
  return {
    oneMs: begunAt - oneAt,
    sent: perSecond(sentAt - begunAt),
    done: perSecond(performance.now() - begunAt),
  }
}

/** How many accounts one worker process gets through when each has a job: access is there, nothing is due, EasyParcel is not asked. */
export const queue: Family = {
  about: 'check-due jobs of many accounts with access and nothing due, sent, and worked off by one real worker process',
  run: (bench) => {
    const { isQuick, rounds } = bench.size
    const jobs = isQuick ? 4 : 40
    const seed = { name: 'queue', parcels: 1, now: new Date(Date.now() + 3_600_000), withDocuments: false }
    return withParcels(bench, seed, ({ db, url, connectionId }) =>
      withServers(async (keep) => {
        const { rows } = await db.sql.query<{ id: string }>(addConnectionsSql, [jobs, connectionId])
        await keep(bench.world.startWorker(url, 'http://127.0.0.1:9'))
        const boss = await startBoss({
          as: 'owner',
          url,
          poolMax: 2,
          applicationName: 'jejak-bench-queue',
          role: 'send',
          onError: () => undefined,
        })
        await keep(Promise.resolve({ stop: () => boss.stop({ graceful: false, close: true, timeout: 1_000 }) }))
        const ids = rows.map(({ id }) => id)
        const { all } = await alternate({ all: () => measure(db, boss, ids) }, rounds, bench.report)
        await assertNothingWasDue(db)
        const each = (name: keyof (typeof all)[number]) => all.map((round) => round[name])
        return {
          arms: [
            { name: 'sent one by one', unit: 'jobs/s', values: each('sent') },
            { name: 'sent and done', unit: 'jobs/s', values: each('done') },
            { name: 'one alone, sent and done', unit: 'ms', values: each('oneMs') },
          ],
          figures: [
            { text: `${jobs} check-due jobs sent one by one`, ...ofRounds(each('sent')), unit: 'jobs/s' },
            {
              text: `${jobs} accounts with access and nothing due: jobs sent, and done by one worker process`,
              ...ofRounds(each('done')),
              unit: 'jobs/s',
            },
            { text: 'one such job alone, from its sending to its end', ...ofRounds(each('oneMs')), unit: 'ms' },
          ],
        }
      }),
    )
  },
}
