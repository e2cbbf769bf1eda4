import { findBrokenRules, findGate } from '@jejak/db'
import { afterEach, describe, expect, test } from 'vitest'
import { EasyParcelError } from '../../easyparcel/index.ts'
import { type CheckWorld, type CheckWorldOptions, createCheckWorld, trackingNumbers } from '../../testing/index.ts'
import { troubleOf } from '../gate/trouble.ts'
import { nothingFound } from '../testing/openers.ts'
import { checkDue } from './check-due.ts'
import { type OpenCall, openCall } from './open-call.ts'
import { recordAnswer } from './record-call.ts'

const minute = 60_000
const never = new AbortController().signal
const quick = { TRACKING_CALLS_PER_SECOND: '100', TRACKING_JITTER: '0' }

let world: CheckWorld
const inWorld = async (options: CheckWorldOptions = {}) => {
  world = await createCheckWorld({ ...options, env: { ...quick, ...options.env } })
  return world
}
afterEach(async () => {
  const broken = await findBrokenRules(world.db.sql, world.clock.now())
  await world.close()
  expect(broken).toEqual([])
})

type Row = {
  trackingNumber: string
  status: string
  priority: number
  dueInMinutes: number | null
  failures: number
  attention: string | null
  callId: string | null
  batchLimit: number | null
}

const check = (deps = world.process()) =>
  checkDue(deps, { connectionId: world.installation.connectionId, signal: never })
const open = (deps = world.process()) => openCall(deps, world.installation.connectionId)
const granted = async (): Promise<OpenCall> => {
  const opening = await open()
  if (!opening.granted) throw new Error(`refused: ${opening.reason}`)
  return opening.call
}
const rows = () =>
  world.query<Row>(
    `select tracking_number as "trackingNumber", status, update_priority as priority, consecutive_failures as failures,
            round(extract(epoch from next_update_due - $1::timestamptz) / 60)::int as "dueInMinutes",
            attention_reason as attention, call_id as "callId", batch_limit as "batchLimit"
       from tracking_cache t join tracking_schedule s on s.tracking_id = t.id order by tracking_number`,
    [world.clock.now()],
  )
const rowOf = async (trackingNumber: string) => (await rows()).find((row) => row.trackingNumber === trackingNumber)!
const calls = () =>
  world.query<{ outcome: string | null; batchSize: number }>(
    `select outcome, batch_size as "batchSize" from api_calls order by id`,
  )
const connection = async () =>
  (
    await world.query<{ callsUsed: number; callsManual: number; failures: number; nextCallAt: Date | null }>(
      `select calls_used as "callsUsed", calls_manual as "callsManual", breaker_failures as failures, next_call_at as "nextCallAt" from connections`,
    )
  )[0]!

describe('a check', () => {
  test('gives every parcel the status that EasyParcel means', async () => {
    await inWorld()
    const truth = world.simulator.truth({ testNumbers: true }).filter(({ awb }) => awb.startsWith('EPTEST'))
    await world.register(truth.map(({ awb }) => awb))
    expect(await check()).toMatchObject({
      calls: 1,
      failedCalls: 0,
      asked: truth.length,
      found: truth.length - 1,
      stoppedBy: 'nothing_due',
    })
    const shown = Object.fromEntries((await rows()).map(({ trackingNumber, status }) => [trackingNumber, status]))
    expect(truth.length).toBeGreaterThanOrEqual(12)
    expect(shown).toEqual(Object.fromEntries(truth.map(({ awb, status }) => [awb, status])))
  })

  test('that brings nothing new touches only the schedule and writes no log line', async () => {
    await inWorld()
    await world.register(['EPTEST-IN-TRANSIT1'])
    await check()
    const before = await world.query('select * from tracking_cache')
    const logs = await world.query('select * from tracking_update_logs')
    world.clock.advance(130 * minute)
    expect(await check()).toMatchObject({ asked: 1, found: 1, changed: 0 })
    expect(await world.query('select * from tracking_cache')).toEqual(before)
    expect(await world.query('select * from tracking_update_logs')).toEqual(logs)
    expect(logs).toHaveLength(1)
    expect((await rowOf('EPTEST-IN-TRANSIT1')).dueInMinutes).toBe(120)
  })

  test('asks for 120 parcels in three calls, not in 120', async () => {
    await inWorld()
    await world.register(trackingNumbers(120))
    expect(await check()).toMatchObject({ calls: 3, asked: 120 })
    expect(world.simulator.stats()).toMatchObject({ calls: { started: 3 } })
    expect(await connection()).toMatchObject({ callsUsed: 3, callsManual: 0 })
  })

  test('takes urgent parcels first and fills empty seats with those that are due next', async () => {
    await inWorld({ env: { TRACKING_JOB_BATCH_SIZE: '4' } })
    await world.register(['EPTEST-IN-TRANSIT1', 'EPTEST-OUT-FOR-DELIVERY1', 'EPTEST-PENDING1', 'EPTEST-DELIVERED1'])
    await check()
    world.clock.advance(31 * minute)
    const call = await granted()
    expect(call.trackings.map(({ trackingNumber, wasDue }) => [trackingNumber, wasDue]).toSorted()).toEqual([
      ['EPTEST-IN-TRANSIT1', false],
      ['EPTEST-OUT-FOR-DELIVERY1', true],
      ['EPTEST-PENDING1', false],
    ])
  })

  test('asks about a delivered parcel again one and three days after its end, and then never again', async () => {
    await inWorld()
    const [awb] = trackingNumbers(1)
    world.simulator.book([{ awb: awb!, scenario: 'short' }])
    await world.register([awb!])
    for (let hours = 0; hours < 100 && (await rowOf(awb!)).status !== 'delivered'; hours++) {
      world.clock.advance(60 * minute)
      await check()
    }
    const delivered = await rowOf(awb!)
    expect(delivered).toMatchObject({ status: 'delivered', priority: 110 })
    expect(delivered.dueInMinutes).toBeGreaterThan(22 * 60)
    for (const left of [48 * 60, null]) {
      world.clock.advance(((await rowOf(awb!)).dueInMinutes! - 1) * minute)
      expect(await check()).toMatchObject({ asked: 0 })
      world.clock.advance(2 * minute)
      expect(await check()).toMatchObject({ asked: 1 })
      const { dueInMinutes } = await rowOf(awb!)
      if (left === null) expect(dueInMinutes).toBeNull()
      else expect(Math.abs(dueInMinutes! - left)).toBeLessThan(5)
    }
  })
})

describe('a number that EasyParcel does not know', () => {
  test('is pending, not a failure, and is asked about after 30 minutes, 2 hours, 6 hours', async () => {
    await inWorld()
    const [number] = await world.register(['639999999999']).then((ids) => [...ids.keys()])
    const waits: (number | null)[] = []
    for (let round = 0; round < 3; round++) {
      await check()
      const row = await rowOf(number!)
      expect(row).toMatchObject({ status: 'pending', failures: 0, attention: null })
      waits.push(row.dueInMinutes)
      world.clock.advance(row.dueInMinutes! * minute)
    }
    expect(waits).toEqual([30, 120, 360])
  })

  test('asks for attention after three days', async () => {
    await inWorld()
    await world.register(['639999999999'])
    world.clock.advance(73 * 60 * minute)
    await check()
    expect(await rowOf('639999999999')).toMatchObject({ status: 'pending', attention: 'never_found' })
  })
})

describe('a call that fails', () => {
  test("is the connection's failure: its parcels come back after a minute and count nothing", async () => {
    await inWorld()
    world.simulator.forceFault({ name: 'server_500' })
    await world.register(['EPTEST-IN-TRANSIT1'])
    expect(await check()).toMatchObject({ calls: 1, failedCalls: 1 })
    expect(await rowOf('EPTEST-IN-TRANSIT1')).toMatchObject({
      failures: 0,
      dueInMinutes: 1,
      callId: null,
      priority: 70,
    })
    expect(await connection()).toMatchObject({ callsUsed: 1, failures: 1 })
    expect(await calls()).toEqual([{ outcome: 'server', batchSize: 1 }])
    world.clock.advance(minute)
    expect(await check()).toMatchObject({ found: 1 })
    expect(await connection()).toMatchObject({ callsUsed: 2, failures: 0 })
  })

  test('three times in a row opens the breaker, and after its cool-down one process asks for all', async () => {
    await inWorld({ env: { TRACKING_JOB_BATCH_SIZE: '1', TRACKING_MAX_CONCURRENT: '1' } })
    world.simulator.forceFault({ name: 'html_502', times: 3 })
    await world.register([
      'EPTEST-IN-TRANSIT1',
      'EPTEST-COLLECTED1',
      'EPTEST-PENDING1',
      'EPTEST-ON-HOLD1',
      'EPTEST-DELIVERED1',
    ])
    const run = await check()
    expect(run).toMatchObject({ failedCalls: 3, stoppedBy: 'breaker_open' })
    expect(world.simulator.stats()).toMatchObject({ calls: { started: 3 } })
    world.clock.advance(31_000)
    const openings = await Promise.all(Array.from({ length: 6 }, () => open()))
    expect(openings.filter(({ granted }) => granted)).toHaveLength(1)
    expect(openings.flatMap((one) => (one.granted ? [] : [one.reason])).every((reason) => reason === 'probing')).toBe(
      true,
    )
  })

  test('because EasyParcel asks for patience waits as long as it says', async () => {
    await inWorld({ simulator: { retryAfterSeconds: 120 } })
    world.simulator.forceFault({ name: '429_retry_after' })
    await world.register(['EPTEST-IN-TRANSIT1'])
    expect(await check()).toMatchObject({ failedCalls: 1 })
    world.clock.advance(119_000)
    expect(await open()).toMatchObject({ granted: false, reason: 'spacing' })
    world.clock.advance(2_000)
    expect(await check()).toMatchObject({ found: 1, failedCalls: 0 })
  })

  test('for its token gets a new one and asks again in a call of its own', async () => {
    await inWorld()
    world.simulator.forceFault({ name: 'unauthorised' })
    await world.register(['EPTEST-IN-TRANSIT1'])
    expect(await check()).toMatchObject({ calls: 2, failedCalls: 1, found: 1 })
    expect(await calls()).toMatchObject([{ outcome: 'unauthorised' }, { outcome: 'ok' }])
    expect(await connection()).toMatchObject({ callsUsed: 2, failures: 0 })
    const [stored] = await world.query<{ token: string }>('select sealed_access_token as token from connections')
    expect(stored!.token).toMatch(/^v1\./)
  })

  test('for the size of its batch teaches how many numbers EasyParcel takes at once', async () => {
    await inWorld({ simulator: { assumptions: { awbsPerCallMax: 10 } }, env: { TRACKING_JOB_BATCH_SIZE: '40' } })
    await world.register(trackingNumbers(40))
    for (let round = 0; round < 30; round++) {
      await check()
      world.clock.advance(2 * minute)
    }
    const rounds = await calls()
    expect(rounds.filter(({ outcome }) => outcome === 'rejected').length).toBeLessThan(8)
    expect((await rows()).every(({ batchLimit, failures }) => batchLimit === null && failures === 0)).toBe(true)
    expect(await connection()).toMatchObject({ failures: 0 })
    world.clock.advance(300 * minute)
    expect(await check()).toMatchObject({ asked: 40 })
    const [size] = await world.query<{ answered: number }>('select batch_answered as answered from connections')
    expect(size!.answered).toBeGreaterThanOrEqual(7)
    const before = (await calls()).length
    world.clock.advance(300 * minute)
    await check()
    const next = (await calls()).slice(before)
    expect(next.filter(({ outcome }) => outcome !== 'ok').length).toBeLessThanOrEqual(1)
  })
})

describe('when EasyParcel refuses everything', () => {
  const refusing = (kind: 'rejected' | 'server') => {
    const trackMany = async () => {
      throw new EasyParcelError({ kind }, 'EasyParcel refused the request.', {
        httpStatus: kind === 'rejected' ? 400 : 403,
      })
    }
    return { ...world.process(), easyParcelOf: () => ({ trackMany }) }
  }

  test.each(['rejected', 'server'] as const)(
    'as %s, 500 parcels cost a few calls and not the budget, and readers learn why',
    async (kind) => {
      await inWorld()
      await world.register(trackingNumbers(500))
      const deps = refusing(kind)
      for (let minutes = 0; minutes < 120; minutes++) {
        await check(deps)
        world.clock.advance(minute)
      }
      expect((await connection()).callsUsed).toBeLessThan(30)
      const gate = await findGate(world.db.sql, world.installation.connectionId)
      expect(troubleOf(gate!, { now: world.clock.now(), settings: world.config.tracking })).toBe('upstream_down')
      world.clock.advance(20 * minute)
      expect(await check()).toMatchObject({ failedCalls: 0 })
    },
  )

  test('for one number in fifty alone, the others are found and the breaker stays closed', async () => {
    await inWorld()
    const numbers = trackingNumbers(50)
    await world.register(numbers)
    const easyparcel = world.process().easyParcelOf(world.installation.connectionId)
    const trackMany: typeof easyparcel.trackMany = async (asked, options) => {
      // The classic API says so inside HTTP 200.
      if (asked.includes(numbers[7]!))
        throw new EasyParcelError({ kind: 'rejected' }, 'EasyParcel refused the request (error code 7).', {
          httpStatus: 200,
        })
      return easyparcel.trackMany(asked, options)
    }
    const deps = { ...world.process(), easyParcelOf: () => ({ ...easyparcel, trackMany }) }
    for (let minutes = 0; minutes < 20; minutes++) {
      await check(deps)
      world.clock.advance(minute)
    }
    const [bad, good] = await Promise.all([
      world.query('select from tracking_schedule where checked_at is null'),
      world.query('select from tracking_schedule where checked_at is not null'),
    ])
    expect([bad.length, good.length]).toEqual([1, 49])
    expect(await rowOf(numbers[7]!)).toMatchObject({ batchLimit: 1, attention: null })
    expect(await connection()).toMatchObject({ failures: 0 })
  })

  test('a probe asks about one parcel that is no suspect, so that one bad number cannot keep the breaker open', async () => {
    await inWorld()
    await world.register(['EPTEST-IN-TRANSIT1', 'EPTEST-PENDING1'])
    await world.query(
      `update tracking_schedule set batch_limit = 1, strikes = 3, update_priority = 120 where tracking_id = (select min(tracking_id) from tracking_schedule)`,
    )
    await world.query(`update connections set breaker_failures = 3, breaker_open_until = $1`, [world.clock.now()])
    expect((await granted()).trackings.map(({ trackingNumber }) => trackingNumber)).toEqual(['EPTEST-PENDING1'])
  })
})

test('while the token endpoint is down the run says that it is paused, and readers learn that EasyParcel is down', async () => {
  await inWorld()
  await world.register(['EPTEST-IN-TRANSIT1'])
  const prepare = async () => {
    throw new EasyParcelError({ kind: 'server' }, 'The token endpoint is in trouble.')
  }
  const easyparcel = world.process().easyParcelOf(world.installation.connectionId)
  const deps = { ...world.process(), easyParcelOf: () => ({ ...easyparcel, prepare }) }
  const trouble = async () =>
    troubleOf((await findGate(world.db.sql, world.installation.connectionId))!, {
      now: world.clock.now(),
      settings: world.config.tracking,
    })
  expect(await check(deps)).toMatchObject({ calls: 0, stoppedBy: 'paused' })
  expect(await check(deps)).toMatchObject({ calls: 0, stoppedBy: 'paused' })
  expect(await trouble()).toBe('upstream_down')
  world.clock.advance(31_000)
  expect(await trouble()).toBe('upstream_down')
  expect(await check()).toMatchObject({ found: 1 })
  expect(await trouble()).toBeNull()
})

test('a worker that is stopped while it waits for access pauses no one', async () => {
  await inWorld()
  await world.register(['EPTEST-IN-TRANSIT1'])
  const stopping = new AbortController()
  const prepare = async () => {
    stopping.abort()
    throw new EasyParcelError({ kind: 'network' }, 'The call was stopped before it was sent.')
  }
  const easyparcel = world.process().easyParcelOf(world.installation.connectionId)
  const deps = { ...world.process(), easyParcelOf: () => ({ ...easyparcel, prepare }) }
  const run = await checkDue(deps, { connectionId: world.installation.connectionId, signal: stopping.signal })
  expect(run).toMatchObject({ calls: 0, stoppedBy: 'stopped' })
  expect(await check()).toMatchObject({ found: 1 })
})

test('when one of the loops of a run breaks, the run ends with its error once the others have written what they had asked', async () => {
  await inWorld({ env: { TRACKING_JOB_BATCH_SIZE: '1' } })
  await world.register(trackingNumbers(30))
  const easyparcel = world.process().easyParcelOf(world.installation.connectionId)
  let asked = 0
  const trackMany: typeof easyparcel.trackMany = (numbers, options) => {
    asked += 1
    if (asked === 2) throw new TypeError('a mistake of ours')
    return easyparcel.trackMany(numbers, options)
  }
  const deps = { ...world.process(), easyParcelOf: () => ({ ...easyparcel, trackMany }) }
  await expect(check(deps)).rejects.toThrow('a mistake of ours')
  const before = asked
  expect(before).toBeLessThan(6)
  const open = await world.query(`select from api_calls where closed_at is null`)
  expect(open).toHaveLength(1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(asked).toBe(before)
})

test('calls that are set a minute apart are made one after the other in the same run', async () => {
  await inWorld({
    env: { TRACKING_CALLS_PER_SECOND: '0.02', TRACKING_JOB_BATCH_SIZE: '1', TRACKING_MAX_CONCURRENT: '1' },
  })
  await world.register(['EPTEST-IN-TRANSIT1', 'EPTEST-PENDING1', 'EPTEST-DELIVERED1'])
  expect(await check()).toMatchObject({ calls: 3, stoppedBy: 'nothing_due' })
})

describe('a worker that dies in the middle of a call', () => {
  test('loses nothing: its parcels are claimed again when the lease ends, and its call is told as cut off', async () => {
    await inWorld()
    await world.register(['EPTEST-IN-TRANSIT1', 'EPTEST-DELIVERED1'])
    const lost = await granted()
    expect(await open()).toMatchObject({ granted: false, reason: 'nothing_due' })
    world.clock.advance(lost.leaseUntil.getTime() - world.clock.now().getTime() + 1)
    expect(await check()).toMatchObject({ calls: 1, found: 2 })
    expect(await calls()).toEqual([
      { outcome: 'cut_off', batchSize: 2 },
      { outcome: 'ok', batchSize: 2 },
    ])
    expect(await connection()).toMatchObject({ callsUsed: 2 })
  })

  test('and answers after all adds its news but leaves the schedule to the call that took over', async () => {
    await inWorld()
    await world.register(['EPTEST-OUT-FOR-DELIVERY1'])
    const deps = world.process()
    const slow = await granted()
    const answer = await deps
      .easyParcelOf(slow.connectionId)
      .trackMany(['EPTEST-OUT-FOR-DELIVERY1'], { signal: never, now: world.clock.now() })
    world.clock.advance(slow.leaseUntil.getTime() - world.clock.now().getTime() + 1)
    const other = await granted()
    await recordAnswer(deps, { call: slow, answer })
    const between = await rowOf('EPTEST-OUT-FOR-DELIVERY1')
    expect(between).toMatchObject({ status: 'out_for_delivery', callId: other.id })
    await recordAnswer(deps, { call: other, answer })
    expect(await rowOf('EPTEST-OUT-FOR-DELIVERY1')).toMatchObject({ callId: null, dueInMinutes: 30 })
    expect(await world.query('select * from tracking_update_logs')).toHaveLength(1)
  })
})

test('news of the end that comes after the lease, when the parcel is in no call, ends its checks too', async () => {
  await inWorld()
  await world.register(['EPTEST-DELIVERED1'])
  const deps = world.process()
  const slow = await granted()
  const answer = await deps
    .easyParcelOf(slow.connectionId)
    .trackMany(['EPTEST-DELIVERED1'], { signal: never, now: world.clock.now() })
  world.clock.advance(slow.leaseUntil.getTime() - world.clock.now().getTime() + 1)
  await recordAnswer(deps, { call: await granted(), answer: nothingFound })
  await world.query('update tracking_schedule set update_priority = 100')
  await recordAnswer(deps, { call: slow, answer })
  expect(await rowOf('EPTEST-DELIVERED1')).toMatchObject({ status: 'delivered', priority: 110 })
  expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
})

test('a parcel that its shop removes while it is asked about leaves no trace and breaks nothing', async () => {
  await inWorld()
  const ids = await world.register(['EPTEST-IN-TRANSIT1', 'EPTEST-DELIVERED1'])
  const deps = world.process()
  const call = await granted()
  const answer = await deps
    .easyParcelOf(call.connectionId)
    .trackMany([...ids.keys()], { signal: never, now: world.clock.now() })
  await world.query('delete from tracking_cache where id = $1', [ids.get('EPTEST-IN-TRANSIT1')])
  expect(await recordAnswer(deps, { call, answer })).toMatchObject({ outcome: 'ok', asked: 2, found: 1 })
  expect((await rows()).map(({ trackingNumber }) => trackingNumber)).toEqual(['EPTEST-DELIVERED1'])
})

test('without a login no call is opened, and the connection says why', async () => {
  await inWorld({ env: { EASYPARCEL_ACCESS_TOKEN: '', EASYPARCEL_REFRESH_TOKEN: '' } })
  await world.register(['EPTEST-IN-TRANSIT1'])
  expect(await check()).toMatchObject({ calls: 0, stoppedBy: 'not_authorised' })
  expect(await calls()).toEqual([])
  const [shown] = await world.query<{ failure: string }>('select last_failure as failure from connections')
  expect(shown!.failure).toContain('jejak easyparcel:connect')
})
