import { enqueue, type queues } from '@jejak/core/queue'
import { registerTrackings } from '@jejak/core/registering'
import { afterEach, expect, test } from 'vitest'
import { startHandlers } from './handlers.ts'
import { createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

let world: WorkerWorld
const stopping = new AbortController()
afterEach(() => world.close())

const inWorld = async (env: Record<string, string> = {}) => {
  world = await createWorkerWorld({ env: { TRACKING_REGISTER_DELAY: '1', ...env } })
  await startHandlers(world.boss, world.deps, stopping.signal)
}
const register = (trackingNumbers: string[]) => {
  const { db, boss, clock, config, installation } = world
  return registerTrackings(
    {
      db,
      boss,
      contactKey: Buffer.alloc(32),
      isDemo: false,
      registerDelayMs: config.tracking.registerDelayMs,
    },
    {
      organizationId: installation.organizationId,
      connectionId: installation.connectionId,
      trackings: trackingNumbers.map((trackingNumber) => ({ trackingNumber })),
      now: clock.now(),
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
  await register(['EPTEST-DELIVERED'])
  await register(['EPTEST-IN-TRANSIT', 'EPTEST-ON-HOLD'])
  await expect.poll(statuses, { timeout: 10_000 }).toEqual(['delivered', 'in_transit', 'on_hold'])
  expect(world.simulator.stats().calls.started).toBe(1)
  await expect.poll(() => jobStates('check-due'), { timeout: 5_000 }).toEqual(['completed'])
  expect(world.heartbeats()).toBe(1)
  expect(world.logged).toMatchObject([{ calls: 1, failedCalls: 0, asked: 3, found: 3, msg: 'due trackings checked' }])
})

test('a failed call is no failed job, but no reason for a heartbeat either', async () => {
  await inWorld()
  world.simulator.forceFault({ name: 'server_500' })
  await register(['EPTEST-DELIVERED'])
  await expect.poll(() => jobStates('check-due'), { timeout: 10_000 }).toEqual(['completed'])
  expect(world.logged).toContainEqual(expect.objectContaining({ calls: 1, failedCalls: 1 }))
  expect(world.heartbeats()).toBe(0)
})

test('a job that nobody can read fails and leaves everything as it is', async () => {
  await inWorld()
  await world.register(['EPTEST-DELIVERED'])
  await world.boss.send('check-due', { connectionId: 'of another shop' })
  await expect.poll(() => jobStates('check-due'), { timeout: 10_000 }).toEqual(['retry'])
  expect(await statuses()).toEqual(['pending'])
})

test('every queue has a handler', async () => {
  await inWorld()
  for (const name of ['clean-up', 'daily-report', 'maintenance'] as const) await enqueue(world.boss, name, {})
  for (const name of ['clean-up', 'daily-report', 'maintenance'] as const)
    await expect.poll(() => jobStates(name), { timeout: 15_000 }).toEqual(['completed'])
})
