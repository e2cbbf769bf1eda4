import { findBrokenRules, requestRefresh } from '@jejak/db'
import { connectTest } from '@jejak/db/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { EasyParcelError } from '../../easyparcel/index.ts'
import { type CheckWorld, type CheckWorldOptions, createCheckWorld, trackingNumbers } from '../../testing/index.ts'
import type { CheckDeps } from '../call/check-deps.ts'
import type { OpenCall } from '../call/open-call.ts'
import { recordAnswer, recordFailure } from '../call/record-call.ts'
import { callsByDay, counters, nothingFound, openNow, race, sixteen, wideOpen } from '../testing/openers.ts'
import { createRandom } from '../testing/parcel-lives.ts'
import { paceAllowance } from './pace.ts'

const second = 1000
const hour = 3_600_000

let world: CheckWorld
const inWorld = async (parcels: number, { env, ...options }: CheckWorldOptions = {}) => {
  world = await createCheckWorld({ ...options, env: { TRACKING_JOB_BATCH_SIZE: '1', ...env } })
  return world.register(trackingNumbers(parcels))
}
afterEach(async () => {
  const broken = await findBrokenRules(world.db.sql, world.clock.now())
  await world.close()
  expect(broken).toEqual([])
})

const connectAgain = () => connectTest(world.databaseUrl, { poolMax: 4, statementTimeoutMs: 30_000 })

/** Own clocks, every second one so far ahead, the others as far behind. */
const withClocksOff = (openers: readonly CheckDeps[], offMs: number) =>
  openers.map((deps, place) => ({
    ...deps,
    now: () => new Date(world.clock.now().getTime() + (place % 2 === 0 ? offMs : -offMs)),
  }))

test('sixteen processes get exactly 1000 calls out of 2000 tries a day, whatever their own clocks say around midnight', async () => {
  await inWorld(100, { env: { TRACKING_DAILY_BUDGET: '1000' }, startAt: '2026-11-17T15:59:50Z' })
  // Calls are never closed here: their leases run out after a few tries, which frees slot and parcel.
  const onGrant = async () => undefined
  // Who reads the database's clock finds it a millisecond later, so that hardly a try comes too soon after another call.
  const clock = async () => {
    world.clock.advance(1)
    return world.clock.now()
  }
  const pools = Array.from({ length: 4 }, connectAgain)
  const openers = withClocksOff(sixteen(world, { ...wideOpen, apiTimeoutMs: 5, leaseGraceMs: 10 }), 50 * second)
  const all = openers.map((deps, place) => ({ ...deps, db: pools[place % 4]!, clock }))
  const firstDay = await race(world, all, { tries: 2000, stepMs: 0, onGrant })
  expect(firstDay.granted).toHaveLength(1000)
  expect(await counters(world)).toEqual({ day: '2026-11-17', used: 1000, manual: 0 })
  world.clock.advance(new Date('2026-11-17T16:00:00Z').getTime() - world.clock.now().getTime())
  const nextDay = await race(world, all, { tries: 2000, stepMs: 0, onGrant })
  expect(nextDay.granted).toHaveLength(1000)
  expect(await callsByDay(world)).toEqual([
    { day: '2026-11-17', logged: 1000, manual: 0 },
    { day: '2026-11-18', logged: 1000, manual: 0 },
  ])
  await Promise.all(pools.map((pool) => pool.close()))
}, 240_000)

test('a process whose clock is more than a minute off is turned away and spends nothing of any day', async () => {
  await inWorld(100, { env: { TRACKING_DAILY_BUDGET: '20' }, startAt: '2026-11-17T15:59:00Z' })
  const seen = await race(world, withClocksOff(sixteen(world, wideOpen), 61 * second), { tries: 32 })
  expect(seen.granted).toEqual([])
  expect(seen.refused.clock_off).toBeGreaterThan(0)
  expect(await callsByDay(world)).toEqual([])
})

test('never more than 3 calls are open at once, also when workers die, and when answers come after the lease', async () => {
  await inWorld(300)
  const random = createRandom(11)
  const settings = { ...wideOpen, concurrencyMax: 3, apiTimeoutMs: 50, leaseGraceMs: 20 }
  const late: OpenCall[] = []
  let died = 0
  let answeredLate = 0
  let most = 0
  const { granted, refused } = await race(world, sixteen(world, settings), {
    tries: 600,
    stepMs: 5,
    onGrant: async (deps, call) => {
      most = Math.max(most, await openNow(world))
      const fate = random()
      if (fate < 0.15) died++
      else if (fate < 0.3) late.push(call)
      else await recordAnswer(deps, { call, answer: nothingFound })
      if (late[0] && late[0].leaseUntil <= world.clock.now() && ++answeredLate)
        await recordAnswer(deps, { call: late.shift()!, answer: nothingFound })
      most = Math.max(most, await openNow(world))
    },
  })
  expect(most).toBe(3)
  expect(granted.length).toBeGreaterThan(50)
  expect(refused.slots_full).toBeGreaterThan(50)
  expect(Math.min(died, answeredLate)).toBeGreaterThan(3)
}, 60_000)

describe('when EasyParcel fails', () => {
  const server = new EasyParcelError({ kind: 'server' }, 'EasyParcel answered 500.')
  const allAtOnce = async () => {
    const seen = await race(world, sixteen(world, wideOpen), { tries: 16, stepMs: 0, onGrant: async () => undefined })
    return { probe: seen.granted[0], granted: seen.granted.length, refused: seen.refused }
  }
  const failing = async (call: OpenCall | undefined) =>
    recordFailure(sixteen(world, wideOpen)[0]!, { call: call!, error: server })

  test('one process in the whole cluster probes, and after each failed probe everyone waits twice as long', async () => {
    await inWorld(100)
    const threeCalls = await race(world, sixteen(world, wideOpen), {
      tries: 3,
      onGrant: (deps, call) => recordFailure(deps, { call, error: server }),
    })
    expect(threeCalls.granted).toHaveLength(3)
    expect(await allAtOnce()).toMatchObject({ granted: 0, refused: { breaker_open: 16 } })
    for (const coolDown of [30, 60, 120]) {
      world.clock.advance((coolDown - 1) * second)
      expect(await allAtOnce()).toMatchObject({ granted: 0, refused: { breaker_open: 16 } })
      world.clock.advance(second)
      const { probe, ...others } = await allAtOnce()
      expect(others).toEqual({ granted: 1, refused: { probing: 15 } })
      await failing(probe)
    }
    world.clock.advance(240 * second)
    const dies = await allAtOnce()
    expect(dies).toMatchObject({ granted: 1, refused: { probing: 15 } })
    world.clock.advance(dies.probe!.leaseUntil.getTime() - world.clock.now().getTime())
    const { probe, ...others } = await allAtOnce()
    expect(others).toEqual({ granted: 1, refused: { probing: 15 } })
    await recordAnswer(sixteen(world, wideOpen)[0]!, { call: probe!, answer: nothingFound })
    expect((await race(world, sixteen(world, wideOpen), { tries: 16 })).granted).toHaveLength(16)
  })
})

test('scheduled checks keep to the pace all day, while those that people ask for pass from the reserve', async () => {
  const ids = await inWorld(300, { env: { TRACKING_DAILY_BUDGET: '100' }, startAt: '2026-11-16T16:00:00Z' })
  const pace = world.config.tracking
  const openers = sixteen(world, { callsPerSecond: 1000, concurrencyMax: 1000 })
  let asked = 0
  for (let step = 0; step < 24; step++) {
    if (step % 8 === 4)
      for (const trackingId of [...ids.values()].slice(0, 3)) {
        await requestRefresh(world.db.ofShop(world.installation.organizationId).sql, {
          trackingId,
          now: world.clock.now(),
        })
        asked++
      }
    const { refused } = await race(world, openers, { tries: 32 })
    expect(refused.paced).toBeGreaterThan(0)
    const { used, manual } = await counters(world)
    expect(manual).toBe(asked)
    expect(used - manual).toBe(paceAllowance(world.clock.now(), pace))
    world.clock.advance(hour - 32)
  }
  expect(await callsByDay(world)).toMatchObject([{ day: '2026-11-17', logged: 98, manual: 9 }])
}, 60_000)

test('two calls are never closer than the spacing, however many processes with clocks of their own try', async () => {
  await inWorld(150)
  const random = createRandom(5)
  const openers = sixteen(world, { ...wideOpen, callsPerSecond: 7 }).map((deps) => ({
    ...deps,
    now: () => new Date(world.clock.now().getTime() + Math.floor(random() * 100)),
  }))
  expect((await race(world, openers, { tries: 100, stepMs: 20 })).granted).toHaveLength(100)
  const gaps = await world.query<{ gap: number }>(
    `select extract(epoch from opened_at - lag(opened_at) over (order by id))::float8 * 1000 as gap from api_calls order by id offset 1`,
  )
  expect(gaps).toHaveLength(99)
  expect(Math.min(...gaps.map(({ gap }) => gap))).toBeGreaterThanOrEqual(142.9)
})
