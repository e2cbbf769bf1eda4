import { runTick, type TickName, tickNames } from '@jejak/core/checking'
import { dutyNames } from '@jejak/core/queue'
import { holdTable } from '@jejak/db/testing'
import cron from 'node-cron'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkDueJob } from './jobs.ts'
import { startSchedule, tickAndTell } from './schedule.ts'
import { aJob, createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

const onceAYear = tickNames.map((name) => [`CRON_${name.toUpperCase().replaceAll('-', '_')}`, '0 0 1 1 *'] as const)

let world: WorkerWorld
beforeEach(async () => {
  world = await createWorkerWorld({ env: { ...Object.fromEntries(onceAYear), CRON_REGULAR: '* * * * * *' } })
})
afterEach(() => world.close())

const tick = (name: TickName) => runTick({ db: world.db, boss: world.boss }, { name, now: world.clock.now() })
const waiting = async (queue: string) => (await world.boss.findJobs(queue, { queued: true })).length
const scheduleDeps = () => ({ ...world.deps, boss: world.boss })

test('a tick asks for one run over a connection with something due, however often it comes', async () => {
  await world.register(['EPTEST-IN-TRANSIT1', 'EPTEST-DELIVERED1'])
  expect(await tick('regular')).toBe(1)
  expect(await tick('regular')).toBe(0)
  expect(await tick('urgent')).toBe(0)
  const [job] = await world.boss.findJobs('check-due', { queued: true })
  expect(job!.data).toEqual({ connectionId: world.installation.connectionId })
  expect(await waiting('check-due')).toBe(1)
})

test('a tick asks for nothing while nothing is due, and the urgent one only for what is urgent', async () => {
  expect(await tick('regular')).toBe(0)
  await world.register(['EPTEST-IN-TRANSIT1'])
  await world.query('update tracking_schedule set update_priority = 100')
  expect(await tick('urgent')).toBe(0)
  expect(await tick('regular')).toBe(1)
})

test('the daily duties get one job each', async () => {
  for (const name of dutyNames) {
    expect(await tick(name)).toBe(1)
    expect(await tick(name)).toBe(0)
    expect(await waiting(name)).toBe(1)
  }
})

test('the clock ticks by itself until it is stopped', async () => {
  await world.register(['EPTEST-IN-TRANSIT1'])
  const stop = startSchedule(scheduleDeps())
  await expect.poll(() => waiting('check-due'), { timeout: 5_000 }).toBe(1)
  await stop()
  expect([...cron.getTasks().values()].map((task) => task.getStatus())).not.toContain('running')
})

test('stopping the clock waits for a tick under way, so that its database is still there', async () => {
  const held = await holdTable(world.databaseUrl, 'connections')
  const stop = startSchedule(scheduleDeps())
  await expect.poll(async () => (await held.waiting('jejak-test')).length, { timeout: 5_000 }).toBeGreaterThan(0)
  const order: string[] = []
  const stopped = stop().then(() => order.push('the clock stood still'))
  // Whoever does not wait for the tick is done after this round trip.
  await world.query('select')
  order.push('the tick could go on')
  await held.letGo()
  await stopped
  expect(order).toEqual(['the tick could go on', 'the clock stood still'])
})

test('an installation whose ticks come from outside has no clock of its own', async () => {
  const before = cron.getTasks().size
  const { config } = world
  const stop = startSchedule({ ...scheduleDeps(), config: { ...config, cron: { ...config.cron, enabled: false } } })
  expect(cron.getTasks().size).toBe(before)
  await stop()
})

test('a shop with nothing to check still tells the dead man’s switch that all is well', async () => {
  const stop = startSchedule(scheduleDeps())
  await expect.poll(world.heartbeats, { timeout: 5_000 }).toBeGreaterThan(0)
  await stop()
})

test('the switch is not told while parcels wait to be checked, nor while checks fail', async () => {
  const heartbeatsOfTick = async () => {
    const before = world.heartbeats()
    await tickAndTell(scheduleDeps(), { name: 'regular', now: world.clock.now() })
    return world.heartbeats() - before
  }
  const check = () => checkDueJob(world.deps, { ...aJob, payload: { connectionId: world.installation.connectionId } })
  await world.register(['EPTEST-IN-TRANSIT1'])
  expect(await heartbeatsOfTick()).toBe(0)
  world.simulator.forceFault({ name: 'server_500' })
  await check()
  expect(await world.query('select from tracking_schedule where next_update_due <= $1', [world.clock.now()])).toEqual(
    [],
  )
  expect(await heartbeatsOfTick()).toBe(0)
  world.clock.advance(60_000)
  await check()
  expect(await heartbeatsOfTick()).toBe(1)
})

test('an account that someone has paused, or disconnected, keeps the switch from nothing, and no tick wakes it', async () => {
  const heartbeatsOfTick = async () => {
    const before = world.heartbeats()
    await tickAndTell(scheduleDeps(), { name: 'regular', now: world.clock.now() })
    return world.heartbeats() - before
  }
  await world.register(['EPTEST-IN-TRANSIT1'])
  await world.query(`update connections set last_failure = 'refused', last_failure_at = $1`, [world.clock.now()])
  const until = new Date(world.clock.now().getTime() + 60_000)
  await world.query('update connections set held_since = $1, held_until = $2', [world.clock.now(), until])
  expect([await tick('regular'), await tick('urgent'), await heartbeatsOfTick()]).toEqual([0, 0, 1])
  world.clock.advance(60_000)
  expect([await heartbeatsOfTick(), await tick('regular')]).toEqual([0, 0])
  expect(await waiting('check-due')).toBe(1)
  await world.query('delete from pgboss.job')
  await world.query(
    'update connections set sealed_access_token = null, sealed_refresh_token = null, disconnected_at = $1',
    [world.clock.now()],
  )
  expect([await tick('regular'), await heartbeatsOfTick()]).toEqual([0, 1])
})

test('the other ticks tell the switch nothing', async () => {
  for (const name of tickNames.filter((one) => one !== 'regular'))
    await tickAndTell(scheduleDeps(), { name, now: world.clock.now() })
  expect(world.heartbeats()).toBe(0)
})
