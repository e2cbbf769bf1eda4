import type { CheckDeps } from '@jejak/core/checking'
import { dutyNames, enqueue, type queues } from '@jejak/core/queue'
import { deriveContactKeys, registerTrackings } from '@jejak/core/registering'
import { afterEach, expect, test } from 'vitest'
import { startHandlers } from './handlers.ts'
import { createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

type Shop = { organizationId: string; connectionId: string }

let world: WorkerWorld
const stopping = new AbortController()
afterEach(() => world.close())

const inWorld = async (env: Record<string, string> = {}) => {
  world = await createWorkerWorld({ env: { TRACKING_REGISTER_DELAY: '1', ...env } })
  await startHandlers(world.deps, { boss: world.boss, stopping: stopping.signal })
}
const register = (trackingNumbers: string[], shop: Shop = world.installation) => {
  const { db, boss, clock, config } = world
  return registerTrackings(
    {
      db,
      boss,
      clock: async () => clock.now(),
      contactKeys: deriveContactKeys(['a secret that only tests know, 32 bytes']),
      isDemo: false,
      registerDelayMs: config.tracking.registerDelayMs,
    },
    {
      actor: { kind: 'system' },
      organizationId: shop.organizationId,
      connectionId: shop.connectionId,
      trackings: trackingNumbers.map((trackingNumber) => ({ trackingNumber })),
    },
  )
}
const statuses = async () =>
  (
    await world.query<{ status: string }>('select status::text as status from tracking_cache order by tracking_number')
  ).map(({ status }) => status)
const jobStates = async (queue: keyof typeof queues) => (await world.boss.findJobs(queue)).map(({ state }) => state)

test('a parcel that is registered is checked within seconds, and a burst of registrations shares one call', async () => {
  await inWorld()
  await register(['EPTEST-DELIVERED1'])
  await register(['EPTEST-IN-TRANSIT1', 'EPTEST-ON-HOLD1'])
  await expect.poll(statuses, { timeout: 10_000 }).toEqual(['delivered', 'in_transit', 'on_hold'])
  expect(world.simulator.stats().calls.started).toBe(1)
  await expect.poll(() => jobStates('check-due'), { timeout: 5_000 }).toEqual(['completed'])
  expect(world.heartbeats()).toBe(1)
  expect(world.logged).toMatchObject([{ calls: 1, failedCalls: 0, asked: 3, found: 3, msg: 'due trackings checked' }])
})

test('a failed call is no failed job, but no reason for a heartbeat either', async () => {
  await inWorld()
  world.simulator.forceFault({ name: 'server_500' })
  await register(['EPTEST-DELIVERED1'])
  await expect.poll(() => jobStates('check-due'), { timeout: 10_000 }).toEqual(['completed'])
  expect(world.logged).toContainEqual(expect.objectContaining({ calls: 1, failedCalls: 1 }))
  expect(world.heartbeats()).toBe(0)
})

test('a job that no one can read fails and leaves everything as it is', async () => {
  await inWorld()
  await world.register(['EPTEST-DELIVERED1'])
  await world.boss.send('check-due', { connectionId: 'of another shop' })
  await expect.poll(() => jobStates('check-due'), { timeout: 10_000 }).toEqual(['retry'])
  expect(await statuses()).toEqual(['pending'])
})

/** More shops beside the first, with the access of its account. */
const addShops = (amount: number) =>
  world.query<Shop>(
    `with shops as (insert into organizations (slug, name) select 'shop-' || i, 'Shop ' || i from generate_series(1, $1) as i returning id)
     insert into connections (organization_id, api, sealed_access_token, sealed_refresh_token, access_token_expires_at)
     select shops.id, api, sealed_access_token, sealed_refresh_token, access_token_expires_at
       from shops, (select * from connections where id = $2) as known
     returning organization_id::text as "organizationId", id::text as "connectionId"`,
    [amount, world.installation.connectionId],
  )
/** EasyParcel lets these shops wait for their answers until the promise resolves. */
const answeredAfter = (released: Promise<void>, shops: readonly Shop[]): CheckDeps['easyParcelOf'] => {
  const { easyParcelOf } = world.deps.checks
  const slow = new Set(shops.map(({ connectionId }) => connectionId))
  return (connectionId) => {
    const easyparcel = easyParcelOf(connectionId)
    const trackMany: typeof easyparcel.trackMany = async (trackingNumbers, options) => {
      if (slow.has(connectionId)) await released
      return easyparcel.trackMany(trackingNumbers, options)
    }
    return { ...easyparcel, trackMany }
  }
}

test('shops whose answers are slow to come do not hold up the others', async () => {
  world = await createWorkerWorld({ env: { TRACKING_REGISTER_DELAY: '0' } })
  const shops = await addShops(25)
  const slow = shops.slice(0, 5)
  const answers = Promise.withResolvers<void>()
  const checks = { ...world.deps.checks, easyParcelOf: answeredAfter(answers.promise, slow) }
  await startHandlers({ ...world.deps, checks }, { boss: world.boss, stopping: stopping.signal })
  const calls = () =>
    world.query(
      'select count(*) filter (where closed_at is null)::int as open, count(*) filter (where found = 1)::int as good from api_calls',
    )
  // One after the other, so that no two of their jobs are fetched together.
  for (const [place, shop] of slow.entries()) {
    await register(['EPTEST-DELIVERED1'], shop)
    await expect.poll(calls).toEqual([{ open: place + 1, good: 0 }])
  }
  for (const shop of shops.slice(5)) await register(['EPTEST-DELIVERED1'], shop)
  await expect.poll(calls).toEqual([{ open: 5, good: 20 }])
  answers.resolve()
  await expect.poll(calls).toEqual([{ open: 0, good: 25 }])
  await expect.poll(async () => new Set(await jobStates('check-due'))).toEqual(new Set(['completed']))
})

test('shops that are added while the worker runs get places of their own', async () => {
  world = await createWorkerWorld({ env: { TRACKING_REGISTER_DELAY: '0' } })
  const answers = Promise.withResolvers<void>()
  const shops: Shop[] = []
  const easyParcelOf: CheckDeps['easyParcelOf'] = (connectionId) => answeredAfter(answers.promise, shops)(connectionId)
  const checks = { ...world.deps.checks, easyParcelOf }
  await startHandlers({ ...world.deps, checks }, { boss: world.boss, stopping: stopping.signal, recountEveryMs: 50 })
  shops.push(...(await addShops(6)))
  for (const shop of shops) await register(['EPTEST-DELIVERED1'], shop)
  const open = () => world.query('select from api_calls where closed_at is null')
  await expect.poll(async () => (await open()).length, { timeout: 15_000 }).toBe(6)
  answers.resolve()
  await expect.poll(async () => (await open()).length, { timeout: 15_000 }).toBe(0)
})

test('every duty that a tick asks for is done', async () => {
  await inWorld()
  for (const name of dutyNames) await enqueue(world.boss, { name, payload: {} })
  for (const name of dutyNames) await expect.poll(() => jobStates(name), { timeout: 15_000 }).toEqual(['completed'])
})

test('what an older Jejak read wrongly is read again by a worker after an upgrade', async () => {
  world = await createWorkerWorld()
  await world.register(['EPTEST-DELIVERED1'])
  const at = world.clock.now().toISOString()
  const scan = { at, rawAt: at, zoneGuessed: false, code: 5, text: 'Delivery attempt failed', location: null }
  await world.query(
    `update tracking_cache set status = 'delivered', confirmed_at = $1, ended_at = $1, delivered_at = $1, events = $2`,
    [at, JSON.stringify([{ ...scan, status: 'delivered', substatus: null }])],
  )
  await world.query('update installation set read_with = null, re_reading_with = null, re_read_after = 0')
  await startHandlers(world.deps, { boss: world.boss, stopping: stopping.signal })
  await enqueue(world.boss, { name: 're-read', payload: {} })
  await expect.poll(() => jobStates('re-read'), { timeout: 15_000 }).toEqual(['completed'])
  expect(await statuses()).toEqual(['attempt_failed'])
  expect(world.logged).toContainEqual(expect.objectContaining({ statuses: 1, msg: 'stored scans were read again' }))
})
