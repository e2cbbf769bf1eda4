import { findBrokenRules, findGate, healSchedules, requestRefresh, wakeTrackings } from '@jejak/db'
import { afterEach, describe, expect, test } from 'vitest'
import { EasyParcelError } from '../../easyparcel/index.ts'
import { type CheckWorld, type CheckWorldOptions, createCheckWorld, trackingNumbers } from '../../testing/index.ts'
import { isAllChecked } from '../ticks.ts'
import { checkDue } from './check-due.ts'
import { openCall } from './open-call.ts'
import { recordAnswer } from './record-call.ts'

const minute = 60_000
const hour = 60 * minute
const never = new AbortController().signal
const quick = {
  TRACKING_CALLS_PER_SECOND: '100',
  TRACKING_JITTER: '0',
  TRACKING_PACE_BURST: '1',
}

let world: CheckWorld
const inWorld = async (options: CheckWorldOptions = {}) => {
  world = await createCheckWorld({ ...options, env: { ...quick, ...options.env } })
}
afterEach(async () => {
  const broken = await findBrokenRules(world.db.sql, world.clock.now())
  await world.close()
  expect(broken).toEqual([])
})

const check = () => checkDue(world.process(), { connectionId: world.installation.connectionId, signal: never })
const checkFor = async (hours: number, stepMs = 10 * minute) => {
  for (let at = 0; at < hours * hour; at += stepMs) {
    world.clock.advance(stepMs)
    await check()
  }
}

type Row = {
  trackingNumber: string
  status: string
  strikes: number
  class: number
  checkedAt: Date | null
  due: Date | null
  failures: number
  failure: string | null
  attention: string | null
}
const rows = () =>
  world.query<Row>(
    `select tracking_number as "trackingNumber", status::text, strikes, update_priority as class, checked_at as "checkedAt",
            next_update_due as due, consecutive_failures as failures, last_failure as failure, attention_reason as attention
       from tracking_cache join tracking_schedule on tracking_id = id order by tracking_number`,
  )
const rowOf = async (trackingNumber: string) => (await rows()).find((row) => row.trackingNumber === trackingNumber)!
const callsAfter = async (from: number) =>
  world.query<{ outcome: string; size: number; error: string | null; asked: string[] }>(
    `select outcome, batch_size as size, error, p.tracking_ids::text[] as asked from api_calls a join call_parcels p on p.call_id = a.id
      order by a.id offset $1`,
    [from],
  )
const gate = async () => (await findGate(world.db.sql, world.installation.connectionId))!

const booked = async (amount: number) => {
  const numbers = trackingNumbers(amount)
  world.simulator.book(numbers.map((awb) => ({ awb, scenario: 'normal' })))
  await world.register(numbers)
  return numbers
}

describe('a number that makes EasyParcel fail', () => {
  test.each(['server_500', 'rejected_400', 'truncated_json', 'reset_mid_body', 'no_answer'] as const)(
    'by %s is found within hours and is blamed within two days; the others are answered all the time',
    async (as) => {
      await inWorld()
      const numbers = await booked(80)
      const bad = numbers[30]!
      world.simulator.setPoison({ numbers: [bad], as })
      await checkFor(6)
      expect(await rowOf(bad)).toMatchObject({ class: 130, attention: null })
      const others = (await rows()).filter(({ trackingNumber }) => trackingNumber !== bad)
      expect(others.every(({ checkedAt, strikes }) => checkedAt !== null && strikes === 0)).toBe(true)
      const before = await callsAfter(0)
      const [{ id }] = (await world.query<{ id: string }>('select id from tracking_cache where tracking_number = $1', [
        bad,
      ])) as [{ id: string }]
      // A busy machine may be too slow for a call that has nothing to do with it.
      const inFailed = before.filter(({ outcome, asked }) => outcome !== 'ok' && asked.includes(id))
      expect(inFailed.length).toBeLessThanOrEqual(8)
      await checkFor(36, hour)
      expect(await rowOf(bad)).toMatchObject({ strikes: 8, class: 130, attention: 'upstream_fails_on_it' })
      const failedSince = (await callsAfter(before.length)).filter(({ outcome }) => outcome !== 'ok')
      expect(failedSince.every(({ size }) => size === 1)).toBe(true)
      expect(failedSince.length).toBeLessThanOrEqual(4)
      expect(await gate()).toMatchObject({ breakerFailures: 0 })
      world.simulator.setPoison({ numbers: [] })
      await checkFor(50, hour)
      expect(await rowOf(bad)).toMatchObject({ strikes: 0, attention: null, failure: null })
    },
    120_000,
  )

  test('lapses after 30 days without news and is asked about no more', async () => {
    await inWorld()
    const [bad] = await booked(60)
    world.simulator.setPoison({ numbers: [bad!] })
    await checkFor(48, hour)
    expect(await rowOf(bad!)).toMatchObject({ strikes: 8 })
    world.clock.advance(30 * 24 * hour)
    await checkFor(6)
    expect(await rowOf(bad!)).toMatchObject({ status: 'lapsed', due: null })
  })

  test('costs no call when a visitor reloads its page, and one, alone, when a person asks', async () => {
    await inWorld()
    const numbers = await booked(60)
    const bad = numbers[0]!
    world.simulator.setPoison({ numbers: [bad] })
    await checkFor(48, hour)
    const { due } = await rowOf(bad)
    const [{ id }] = (await world.query<{ id: string }>('select id from tracking_cache where tracking_number = $1', [
      bad,
    ])) as [{ id: string }]
    const now = world.clock.now()
    await wakeTrackings(world.db.sql, { trackingIds: [id], now, checkedBefore: now, wokenBefore: now })
    expect(await rowOf(bad)).toMatchObject({ due, class: 130 })
    const before = (await callsAfter(0)).length
    const { organizationId } = world.installation
    await requestRefresh(world.db.ofShop(organizationId).sql, { trackingId: id, now })
    await check()
    expect((await callsAfter(before))[0]).toMatchObject({ outcome: 'server', size: 1 })
    expect(await gate()).toMatchObject({ callsManual: 1, breakerFailures: 0 })
    expect(await rowOf(bad)).toMatchObject({ strikes: 8, class: 130 })
  })

  test('is no reason to call a quiet hour a silent fault', async () => {
    await inWorld()
    const numbers = await booked(60)
    world.simulator.setPoison({ numbers: [numbers[0]!] })
    await checkFor(6)
    await world.query('update tracking_schedule set next_update_due = $1 where strikes >= 4', [world.clock.now()])
    await check()
    expect(await isAllChecked({ db: world.db }, world.clock.now())).toBe(true)
  })

  test('among three parcels of a small shop leaves the two others answered', async () => {
    await inWorld()
    const numbers = await booked(3)
    world.simulator.setPoison({ numbers: [numbers[1]!] })
    await checkFor(12)
    const [first, bad, third] = await rows()
    const now = world.clock.now().getTime()
    for (const good of [first!, third!]) expect(now - good.checkedAt!.getTime()).toBeLessThan(5 * hour)
    expect(bad).toMatchObject({ class: 130 })
  })
})

test('an outage of six hours splits nothing', async () => {
  await inWorld()
  await booked(120)
  await check()
  world.simulator.setFaults({ server_500: 1 })
  await checkFor(6)
  expect((await rows()).every(({ strikes }) => strikes <= 1)).toBe(true)
  world.simulator.setFaults({})
  await checkFor(5)
  expect((await rows()).every(({ strikes }) => strikes === 0)).toBe(true)
})

describe('an answer that finds none of the parcels that EasyParcel knew', () => {
  test('is a failed call: nothing is fresh, the breaker opens, and the second names the likely reason', async () => {
    await inWorld()
    await booked(100)
    await check()
    const checkedAt = (await rows()).map((row) => row.checkedAt)
    const { lastGoodCallAt } = await gate()
    world.simulator.setFaults({ empty_results: 1 })
    world.clock.advance(5 * hour)
    const run = await check()
    expect(run.failedCalls).toBeGreaterThanOrEqual(2)
    expect(run.failedCalls).toBe(run.calls)
    await checkFor(3)
    expect((await gate()).breakerOpenUntil).not.toBeNull()
    expect((await rows()).map((row) => row.checkedAt)).toEqual(checkedAt)
    expect((await rows()).every(({ failures, strikes }) => failures <= 1 && strikes === 0)).toBe(true)
    const after = await gate()
    expect(after.lastGoodCallAt).toEqual(lastGoodCallAt)
    expect(after.lastFailure).toContain('another EasyParcel account')
    expect(await isAllChecked({ db: world.db }, world.clock.now())).toBe(false)
    world.simulator.setFaults({})
    await checkFor(1)
    expect(await gate()).toMatchObject({ breakerFailures: 0, breakerOpenUntil: null })
    expect((await rows()).every(({ failure }) => failure === null)).toBe(true)
  })

  test('counts for each of them when there are fewer than five', async () => {
    await inWorld()
    await booked(4)
    await check()
    world.simulator.setFaults({ empty_results: 1 })
    await checkFor(30, 30 * minute)
    expect(
      (await rows()).every(({ attention, failure }) => attention === 'no_longer_found' && failure === 'not_found'),
    ).toBe(true)
  })

  test('counts for each of a few after a failed call too: a person is asked to look, the breaker closes, and they lapse', async () => {
    await inWorld()
    await booked(4)
    await check()
    world.simulator.forceFault({ name: 'server_500' })
    world.clock.advance(5 * hour)
    await check()
    world.simulator.setFaults({ empty_results: 1 })
    await checkFor(48, hour)
    expect((await rows()).every(({ attention }) => attention === 'no_longer_found')).toBe(true)
    expect(await gate()).toMatchObject({ breakerFailures: 0, breakerOpenUntil: null })
    await checkFor(33 * 24, 6 * hour)
    expect((await rows()).every(({ status, due }) => status === 'lapsed' && due === null)).toBe(true)
  })

  test('says nothing new about numbers that EasyParcel has never known', async () => {
    await inWorld()
    await world.register(trackingNumbers(50, 900_000))
    expect(await check()).toMatchObject({ failedCalls: 0, found: 0 })
    expect((await rows()).every(({ checkedAt, failure }) => checkedAt !== null && failure === null)).toBe(true)
  })
})

describe('what a person asked for', () => {
  test('is still asked for after a call that failed', async () => {
    await inWorld()
    const ids = await world.register(['EPTEST-IN-TRANSIT1'])
    await check()
    const { organizationId } = world.installation
    const now = world.clock.now()
    await requestRefresh(world.db.ofShop(organizationId).sql, { trackingId: ids.get('EPTEST-IN-TRANSIT1')!, now })
    world.simulator.forceFault({ name: 'server_500' })
    expect(await check()).toMatchObject({ failedCalls: 1 })
    expect(await rowOf('EPTEST-IN-TRANSIT1')).toMatchObject({ class: 50 })
    world.clock.advance(minute)
    expect(await check()).toMatchObject({ found: 1 })
  })
})

test('a lapsed parcel that a person asks about is asked about no more once it has failed twice', async () => {
  await inWorld()
  const [bad] = await booked(20)
  await check()
  const now = world.clock.now()
  await world.query(`update tracking_cache set status = 'lapsed', ended_at = $2 where tracking_number = $1`, [bad, now])
  await world.query(
    `update tracking_schedule s set next_update_due = null from tracking_cache t where t.id = s.tracking_id and t.tracking_number = $1`,
    [bad],
  )
  const [lapsed] = await world.query<{ id: string }>('select id from tracking_cache where tracking_number = $1', [bad])
  world.simulator.setPoison({ numbers: [bad!] })
  await requestRefresh(world.db.ofShop(world.installation.organizationId).sql, {
    trackingId: lapsed!.id,
    now,
  })
  await checkFor(12)
  expect(await rowOf(bad!)).toMatchObject({ status: 'lapsed', due: null })
})

test('a parcel that made EasyParcel fail and that a wrong clock ended flies with the others when that is healed', async () => {
  await inWorld()
  const [number] = await booked(3)
  await check()
  await world.query(
    `update tracking_schedule set strikes = 8, struck_at = $1, batch_limit = 1, update_priority = 130, next_update_due = null, checked_at = $1`,
    [new Date(world.clock.now().getTime() + 24 * hour)],
  )
  const now = world.clock.now()
  const plausibleUntil = new Date(now.getTime() + 40 * 24 * hour)
  expect(await healSchedules(world.db.sql, { now, plausibleUntil, signal: never })).toBe(3)
  expect(await rowOf(number!)).toMatchObject({ strikes: 0, class: 75 })
  await checkFor(0.5)
  expect((await rows()).every(({ checkedAt, strikes }) => checkedAt !== null && strikes === 0)).toBe(true)
})

test('an answer that had to wait for the row plans with the schedule as it is by then', async () => {
  await inWorld()
  await world.register(['EPTEST-DELIVERED1'])
  const deps = world.process()
  const slow = await openCall(deps, world.installation.connectionId)
  if (!slow.granted) throw new Error(slow.reason)
  const easyparcel = deps.easyParcelOf(world.installation.connectionId)
  const answer = await easyparcel.trackMany(['EPTEST-DELIVERED1'], { signal: never, now: world.clock.now() })
  world.clock.advance(hour)
  const other = await openCall(deps, world.installation.connectionId)
  if (!other.granted) throw new Error(other.reason)
  let late: Promise<unknown> | undefined
  await world.db.transaction(async (tx) => {
    await tx.query('select from tracking_cache for update')
    late = recordAnswer(deps, { call: slow.call, answer })
    const waiting = async () =>
      (
        await world.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
      ).length
    while ((await waiting()) === 0);
    await tx.query('update tracking_schedule set call_id = null, update_priority = 100')
  })
  await late
  expect(await rowOf('EPTEST-DELIVERED1')).toMatchObject({ status: 'delivered', class: 110 })
  await recordAnswer(deps, { call: other.call, answer })
})

test('asked to slow down without a time, or by the token endpoint, the wait grows and is kept to', async () => {
  await inWorld({ env: { TRACKING_BREAKER_FAILURES: '10' } })
  await world.register(['EPTEST-IN-TRANSIT1'])
  world.simulator.forceFault({ name: '429_json', times: 4 })
  const waits: number[] = []
  for (let call = 0; call < 4; call++) {
    await check()
    const { nextCallAt } = await gate()
    waits.push((nextCallAt!.getTime() - world.clock.now().getTime()) / 1000)
    await world.query('update tracking_schedule set next_update_due = $1', [nextCallAt])
    world.clock.advance(nextCallAt!.getTime() - world.clock.now().getTime())
  }
  expect(waits).toEqual([30, 60, 120, 240])

  const refusing = (retryAfterMs: number | null) => {
    const deps = world.process()
    const prepare = async () => {
      throw new EasyParcelError({ kind: 'rate-limited', retryAfterMs }, 'EasyParcel asks us to slow down.')
    }
    return { ...deps, easyParcelOf: (id: string) => ({ ...deps.easyParcelOf(id), prepare }) }
  }
  const pausedFor = async (retryAfterMs: number | null) => {
    await checkDue(refusing(retryAfterMs), { connectionId: world.installation.connectionId, signal: never })
    const seconds = ((await gate()).pausedUntil!.getTime() - world.clock.now().getTime()) / 1000
    world.clock.advance(seconds * 1000)
    return seconds
  }
  expect(await pausedFor(120_000)).toBe(120)
  expect([await pausedFor(null), await pausedFor(null)]).toEqual([240, 480])
})

test('a batch size that is lowered while suspects wait in sevens is kept to', async () => {
  await inWorld({ env: { TRACKING_JOB_BATCH_SIZE: '5' } })
  await booked(20)
  await world.query('update tracking_schedule set strikes = 2, batch_limit = 7, update_priority = 120')
  await checkFor(0.5)
  expect((await callsAfter(0)).every(({ size, outcome }) => size <= 5 && outcome === 'ok')).toBe(true)
  expect((await rows()).every(({ strikes, checkedAt }) => strikes === 0 && checkedAt !== null)).toBe(true)
})
