import { consoleActor as actor } from '@jejak/core/audit'
import { getRefresh, startRefresh, steerRefresh } from '@jejak/core/refreshing'
import { trackingNumbers } from '@jejak/core/testing'
import { findBrokenRules, readClock } from '@jejak/db'
import { afterEach, expect, test } from 'vitest'
import { launchWorker, type WorkerProcess } from './testing/worker-process.ts'
import { createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

// REFRESH_PARCELS=20000 is the run of docs/testing.md: some minutes.
const parcels = Number(process.env.REFRESH_PARCELS ?? 400)
const patience = 120_000 + parcels * 60
const firstShare = 0.8
// So that a run of few parcels has many calls, too.
const batch = parcels > 5000 ? 50 : 10

let world: WorkerWorld
const launched: WorkerProcess[] = []
afterEach(async () => {
  for (const worker of launched) worker.kill()
  await Promise.all(launched.map(({ ended }) => ended))
  await world.close()
})

const environment = (): Record<string, string> => ({
  DATABASE_URL: world.databaseUrl,
  SECRET_KEY: 'a secret that only tests know, 32 bytes',
  EASYPARCEL_BASE_URL: world.simulator.url,
  EASYPARCEL_CLIENT_ID: 'demo',
  EASYPARCEL_CLIENT_SECRET: 'demo-secret',
  WORKER_HEALTH_PORT: '0',
  CRON_URGENT: '* * * * * *',
  TRACKING_API_TIMEOUT: '3000',
  TRACKING_LEASE_GRACE: '1',
  TRACKING_CALLS_PER_SECOND: '100',
  TRACKING_DAILY_BUDGET: '100000',
  TRACKING_BUDGET_RESERVE: '0.5',
  TRACKING_PACE_BURST: '1',
  TRACKING_JOB_BATCH_SIZE: String(batch),
  TRACKING_BACKOFF: '0.01,0.02,0.05',
})
const launch = (): WorkerProcess => {
  const worker = launchWorker({ env: environment() })
  launched.push(worker)
  return worker
}

/** Booked parcels of two couriers, all of them checked an hour ago and due tomorrow; every good check of one is noted from now on. */
const registerAll = async (): Promise<void> => {
  const numbers = trackingNumbers(parcels)
  for (let from = 0; from < parcels; from += 1000) {
    const some = numbers.slice(from, from + 1000)
    world.simulator.book(some.map((awb) => ({ awb })))
    await world.register(some)
  }
  await world.query(
    `update tracking_schedule set next_update_due = now() + interval '1 day', update_priority = 100, checked_at = date_trunc('second', now()) - interval '1 hour'`,
  )
  await world.query(
    `update tracking_cache set registered_at = now() - interval '2 hours', changed_at = now() - interval '1 hour',
            courier = case when id <= (select min(id) from tracking_cache) + $1 then 'First' else 'Second' end`,
    [parcels * firstShare],
  )
  await world.query('create table witness (tracking_id bigint not null)')
  await world.query('create index on witness (tracking_id)')
  await world.query(`create function note_check() returns trigger language plpgsql security definer set search_path = public as $$
    begin insert into witness values (new.tracking_id); return null; end $$`)
  await world.query(`create trigger witness after update on tracking_schedule for each row
    when (new.checked_at is distinct from old.checked_at) execute function note_check()`)
}

test(
  'workers that are killed along the way refresh each parcel of a run once, though it is paused and resumed and another run is cancelled',
  async () => {
    world = await createWorkerWorld({ simulator: { now: () => new Date(), slowMs: [200, 700], faults: { slow: 1 } } })
    await registerAll()
    const { organizationId } = world.installation
    const deps = { db: world.db, boss: world.boss, clock: readClock, settingsOf: world.deps.settingsOf }
    const start = (courier: string) =>
      startRefresh(deps, { actor, organizationId, asked: { filter: { courier }, withEnded: false, dryRun: false } })
    const view = (runId: string) => getRefresh(deps, { organizationId, runId })
    const steer = (runId: string, turn: 'pause' | 'resume' | 'cancel') =>
      steerRefresh(deps, { actor, organizationId, runId, turn })
    const doneOf = async (runId: string) => {
      const { progress, parcels: all } = await view(runId)
      return all - progress.waiting - progress.asked
    }
    const until = (look: () => Promise<unknown>) => expect.poll(look, { timeout: patience, interval: 50 })
    const isBusy = async () => world.simulator.stats().calls.open > 0 || (await view(first)).endedAt !== null

    const startedAt = performance.now()
    const [first, second] = [await start('First'), await start('Second')]
    const size = (await view(first)).parcels
    let workers = [launch(), launch()]
    await Promise.all(workers.map(({ ready }) => ready))
    let kills = 0
    /** `kill -9`, in the middle of a call unless all is paused, and a new worker in its place. */
    const killOne = async ({ isPaused = false } = {}) => {
      if (!isPaused) await until(isBusy).toBe(true)
      const [victim, ...others] = workers
      victim!.kill()
      await victim!.ended
      kills += 1
      workers = [...others, launch()]
    }

    await until(async () => (await doneOf(first)) > size * 0.1).toBe(true)
    await killOne()
    await until(async () => (await doneOf(second)) > 0).toBe(true)
    await steer(second, 'cancel')
    await until(async () => (await doneOf(first)) > size * 0.3).toBe(true)
    await steer(first, 'pause')
    await until(async () => (await view(first)).progress.asked).toBe(0)
    const atPause = await doneOf(first)
    await killOne({ isPaused: true })
    await steer(first, 'resume')
    for (const share of [0.5, 0.7]) {
      await until(async () => (await doneOf(first)) > size * share).toBe(true)
      await killOne()
    }
    await until(async () => (await view(first)).endedAt !== null && (await view(second)).endedAt !== null).toBe(true)
    const seconds = (performance.now() - startedAt) / 1000
    expect(atPause).toBeLessThan(size)

    const [done, cancelled] = [await view(first), await view(second)]
    const { changed, unchanged, notFound } = done.progress
    expect(kills).toBe(4)
    expect([done.state, changed + unchanged + notFound]).toEqual(['done', size])
    expect(cancelled.state).toBe('cancelled')
    expect(cancelled.progress.cancelled).toBeGreaterThan(0)
    const checks = await world.query<{ runId: string; isCancelled: boolean; checks: number; amount: number }>(
      `select run_id as "runId", outcome = 'cancelled' as "isCancelled", (select count(*)::int from witness w where w.tracking_id = p.tracking_id) as checks, count(*)::int as amount
       from refresh_run_parcels p where run_id = $1 or outcome <> 'cancelled' group by 1, 2, 3 order by 1, 2, 3`,
      [first],
    )
    const answered = cancelled.parcels - cancelled.progress.cancelled
    expect(checks).toEqual([
      { runId: first, isCancelled: false, checks: 1, amount: size },
      { runId: second, isCancelled: false, checks: 1, amount: answered },
    ])
    expect(await findBrokenRules(world.db.sql, await readClock(world.db.sql))).toEqual([])
    const { calls } = world.simulator.stats()
    expect(calls.openMax).toBeLessThanOrEqual(world.config.tracking.concurrencyMax)
    const [{ logged, cutOff } = { logged: 0, cutOff: 0 }] = await world.query<{ logged: number; cutOff: number }>(
      `select count(*)::int as logged, (count(*) filter (where outcome = 'cut_off'))::int as "cutOff" from api_calls`,
    )
    if (process.env.REFRESH_PARCELS)
      console.log({ ...{ parcels, size, answered, kills, seconds, logged, cutOff }, started: calls.started })
  },
  3 * patience,
)
