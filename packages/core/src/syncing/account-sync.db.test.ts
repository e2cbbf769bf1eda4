import { findBrokenRules } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startBoss } from '../queue/index.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/check-world.ts'
import { createSyncDeps, type SyncDeps, syncAccount } from './index.ts'

const dayMs = 86_400_000
let world: CheckWorld
let boss: Awaited<ReturnType<typeof startBoss>>
let deps: SyncDeps
beforeAll(async () => {
  world = await createCheckWorld({ env: { TRACKING_BUDGET_RESERVE: '0.1' } })
  boss = await startBoss({
    ...{ as: 'owner', url: world.databaseUrl, poolMax: 2, applicationName: 'jejak-test-queue', role: 'work' },
    onError: () => undefined,
  })
})
afterAll(async () => {
  await boss.stop({ graceful: true, close: true, timeout: 5_000 })
  await world.close()
})

const daysAgo = (days: number) => new Date(world.clock.now().getTime() - days * dayMs).toISOString()
const run = () => {
  const { connectionId } = world.installation
  return syncAccount(deps, { connectionId, signal: new AbortController().signal })
}
beforeEach(() => {
  deps = createSyncDeps({ ...world, checks: world.process(), boss })
})

test('a shop that connects sees the parcels of its account with number, courier and EasyParcel’s own status', async () => {
  const numbers = trackingNumbers(600)
  world.simulator.book(
    numbers.map((awb, place) => ({ awb, scenario: place % 3 ? 'short' : 'held', bookedAt: daysAgo(1 + place / 10) })),
  )
  const report = await run()
  expect(report).toMatchObject({ pages: 3, parcels: 600, stoppedBy: 'share_spent' })
  const parcels = await world.query<{ status: string; courier: string; amount: number }>(
    `select status, courier, count(*)::int as amount from tracking_cache group by 1, 2 order by 1`,
  )
  expect(parcels).toEqual([
    { status: 'delivered', courier: 'J&T Express', amount: 400 },
    { status: 'on_hold', courier: 'J&T Express', amount: 200 },
  ])
  expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
})

test('a sync that EasyParcel asks to slow down goes on as soon as its calls may', async () => {
  await world.query('delete from account_syncs')
  await world.query('delete from pgboss.job')
  world.simulator.forceFault({ name: '429_json' })
  expect(await run()).toMatchObject({ pages: 1, stoppedBy: 'spacing' })
  const [next] = await world.query<{ run: Date; call: Date; failures: number }>(
    'select s.next_run_at as run, c.next_call_at as call, s.failures from account_syncs s join connections c on c.id = s.connection_id',
  )
  expect(next).toEqual({ run: next!.call, call: next!.call, failures: 0 })
  const sent = await world.query<{ delay: number }>(
    `select extract(epoch from start_after - created_on)::int as delay from pgboss.job where name = 'account-sync'`,
  )
  expect(sent).toEqual([{ delay: Math.ceil((next!.run.getTime() - world.clock.now().getTime()) / 1000) }])
})
