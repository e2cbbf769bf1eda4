import { setTimeout as wait } from 'node:timers/promises'
import type { Db } from '@jejak/db'
import { type Simulator, startSimulator } from '@jejak/easyparcel-simulator'
import type { World } from './world.ts'

const hourMs = 3_600_000
const patienceMs = 30_000

// Something is looked for every second instead of every five minutes, and no day's budget stands in the way.
const busy = { CRON_REGULAR: '* * * * * *', TRACKING_DAILY_BUDGET: '1000000', TRACKING_PACE_BURST: '1' }

const dueSoonSql = `
  select tracking_number as awb from tracking_cache join tracking_schedule on tracking_id = id
   where next_update_due < now() + interval '20 minutes'`

const checkedSql = `
  select count(*)::int as calls, count(*) filter (where outcome <> 'ok')::int as failed, coalesce(sum(batch_size), 0)::int as asked,
         coalesce(sum(changed), 0)::int as changed
    from api_calls where closed_at >= $1`

/** What a worker's calls came to; `asked` and `changed` count parcels. */
export type Checked = { calls: number; failed: number; asked: number; changed: number }

/** Lets EasyParcel know the parcels that the worker will get to, booked a day ago: each has moved on since it was seeded. */
const bookDueSoon = async (db: Db, simulator: Simulator): Promise<void> => {
  const { rows } = await db.sql.query<{ awb: string }>(dueSoonSql)
  const bookedAt = new Date(Date.now() - 24 * hourMs).toISOString()
  simulator.book(rows.map(({ awb }) => ({ awb, scenario: 'normal', bookedAt })))
}

/**
 * A worker that checks without a pause for a quarter of an hour: of seeded parcels some fall due every second, and every check brings news. Comes
 * back when the first has.
 */
export const startCheckingWorker = async (world: World, { db, url }: { db: Db; url: string }) => {
  const simulator = await startSimulator()
  try {
    await bookDueSoon(db, simulator)
    const startedAt = new Date()
    const worker = await world.startWorker(url, simulator.url, busy)
    const checkedSince = async (since: Date): Promise<Checked> =>
      (await db.sql.query<Checked>(checkedSql, [since])).rows[0]!
    const stop = async () => {
      await worker.stop()
      await simulator.close()
    }
    const deadline = performance.now() + patienceMs
    while ((await checkedSince(startedAt)).changed === 0) {
      if (performance.now() > deadline) {
        await stop()
        throw new Error('the worker has changed nothing')
      }
      await wait(50)
    }
    return { checkedSince, stop }
  } catch (error) {
    await simulator.close()
    throw error
  }
}
