import { findBrokenRules } from '@jejak/db'
import pino from 'pino'
import { afterEach, expect, test } from 'vitest'
import { type CheckWorld, type CheckWorldOptions, createCheckWorld, trackingNumbers } from '../../testing/index.ts'
import { callsByDay, counters, withSettings } from '../testing/openers.ts'
import type { CheckDeps } from './check-deps.ts'
import { checkDue } from './check-due.ts'

const day = 86_400_000
const neverStopped = new AbortController().signal

let world: CheckWorld
afterEach(async () => {
  const broken = await findBrokenRules(world.db.sql, world.clock.now())
  await world.close()
  expect(broken).toEqual([])
})

const inWorld = async (parcels: number, options: CheckWorldOptions = {}) => {
  world = await createCheckWorld({ ...options, env: { TRACKING_CALLS_PER_SECOND: '100', ...options.env } })
  await world.register(trackingNumbers(parcels))
}
/** A process whose own clock is ahead, as far as a check can tell; an old release's, if the database's clock is as wrong for it. */
const ahead = (ms: number, { asOldRelease = false } = {}): CheckDeps => {
  const now = () => new Date(world.clock.now().getTime() + ms)
  return { ...world.process(), now, ...(asOldRelease && { clock: async () => now() }) }
}
const run = (deps: CheckDeps) => checkDue(deps, { connectionId: world.installation.connectionId, signal: neverStopped })
const everything = () =>
  world.query(`select to_jsonb(c) as row from connections c union all select to_jsonb(s) from tracking_schedule s
               union all select to_jsonb(t) from tracking_cache t`)

test('a worker whose clock is 40 days ahead checks nothing, changes nothing and says by how much it is off', async () => {
  await inWorld(50)
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const before = await everything()
  expect(await run({ ...ahead(40 * day), log })).toMatchObject({ calls: 0, stoppedBy: 'clock_off' })
  expect(await everything()).toEqual(before)
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 40, differenceMs: 40 * day }])
  expect(lines[0]).toContain('3456000 s ahead of the database')
  expect(world.simulator.stats().calls.started).toBe(0)
  expect(await run(world.process())).toMatchObject({ calls: 1, asked: 50 })
})

test('one call made a year ahead stops no one: the next right one goes out at once, and today’s calls are counted once', async () => {
  await inWorld(50)
  const right = world.process()
  await run(right)
  world.clock.advance(3_600_000)
  await run(ahead(365 * day, { asOldRelease: true }))
  expect((await counters(world)).day).toBe('2027-11-17')
  await world.register(trackingNumbers(10, 100))
  expect(await run(right)).toMatchObject({ asked: 10, stoppedBy: 'nothing_due' })
  expect(await counters(world)).toEqual({ day: '2026-11-17', used: 3, manual: 0 })
})

test('moving the time zone west at half past midnight neither stops the calls nor grants the day’s budget again', async () => {
  await inWorld(50, { env: { TRACKING_DAILY_BUDGET: '6' }, startAt: '2026-11-17T15:00:00Z' })
  const inKualaLumpur = world.process()
  const atOnce = { budgetReserve: 0, paceBurst: 1 }
  expect(await run(withSettings(inKualaLumpur, atOnce))).toMatchObject({ calls: 1 })
  world.clock.advance(1.5 * 3_600_000)
  expect(await run(withSettings(inKualaLumpur, atOnce))).toMatchObject({ calls: 1 })
  expect(await counters(world)).toEqual({ day: '2026-11-18', used: 1, manual: 0 })
  const inLosAngeles = withSettings(inKualaLumpur, { ...atOnce, timezone: 'America/Los_Angeles' })
  await world.register(trackingNumbers(400, 100))
  expect(await run(inLosAngeles)).toMatchObject({ calls: 4, stoppedBy: 'budget_spent' })
  expect(await callsByDay(world)).toEqual([{ day: '2026-11-17', logged: 6, manual: 0 }])
})

test('moving the time zone to and fro across a midnight never grants the day’s budget again', async () => {
  await inWorld(400, { env: { TRACKING_DAILY_BUDGET: '6' }, startAt: '2026-11-17T15:00:00Z' })
  const atOnce = { budgetReserve: 0, paceBurst: 1 }
  const inKualaLumpur = withSettings(world.process(), atOnce)
  const inAuckland = withSettings(world.process(), { ...atOnce, timezone: 'Pacific/Auckland' })
  expect(await run(inKualaLumpur)).toMatchObject({ calls: 6, stoppedBy: 'budget_spent' })
  await world.register(trackingNumbers(400, 1000))
  for (const moved of [inAuckland, inKualaLumpur, inAuckland])
    expect(await run(moved)).toMatchObject({ calls: 0, stoppedBy: 'budget_spent' })
  expect(await callsByDay(world)).toEqual([{ day: '2026-11-18', logged: 6, manual: 0 }])
})
