import { consoleActor, recordAct, verifyAudit } from '@jejak/core/audit'
import { trackingNumbers } from '@jejak/core/testing'
import { keepAnswer, listRuleChecks } from '@jejak/db'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cleanUpJob } from './clean-up.ts'
import { checkDueJob, dailyReportJob, jobs, maintenanceJob } from './jobs.ts'
import { aJob, createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

const hour = 3_600_000
const day = 24 * hour

let world: WorkerWorld
beforeEach(async () => {
  world = await createWorkerWorld({ env: { TRACKING_CALLS_PER_SECOND: '100', TRACKING_JITTER: '0' } })
})
afterEach(() => world.close())

const check = () => checkDueJob(world.deps, { ...aJob, payload: { connectionId: world.installation.connectionId } })
const cleanUp = () => cleanUpJob(world.deps, aJob)
const count = async (from: string): Promise<number> =>
  (await world.query<{ amount: number }>(`select count(*)::int as amount from ${from}`))[0]!.amount

test('a delivered parcel is archived after 90 days and deleted after a year, one on its way stays', async () => {
  await world.register(['EPTEST-DELIVERED1', 'EPTEST-IN-TRANSIT1'])
  await check()
  world.clock.advance(80 * day)
  await cleanUp()
  expect(await count('tracking_cache where archived_at is not null')).toBe(0)
  world.clock.advance(11 * day)
  await cleanUp()
  expect(
    await world.query('select tracking_number as number from tracking_cache where archived_at is not null'),
  ).toEqual([{ number: 'EPTEST-DELIVERED1' }])
  expect(await count('tracking_schedule')).toBe(1)
  world.clock.advance(280 * day)
  await cleanUp()
  expect(await world.query('select tracking_number as number from tracking_cache')).toEqual([
    { number: 'EPTEST-IN-TRANSIT1' },
  ])
})

test('a booking without a parcel goes once it is listed no more, one of a parcel stays as long as that', async () => {
  const { organizationId, connectionId } = world.installation
  const [id] = (await world.register(['EPTEST-DELIVERED1'])).values()
  await world.query(
    `insert into bookings (organization_id, connection_id, shipment_number, tracking_id, tracking_number, made_at, collection_day, first_seen_at, listed_at)
     select $1, $2, shipment, parcel, number, made, day, $3, $3
       from (values ('ES-PARCEL', $4::bigint, 'EPTEST-DELIVERED1', $3::timestamptz, '2026-11-16'::date), ('ES-REMOVED', null, null, $3, '2026-11-16'),
                    ('ES-WAITING', null, null, null, '2026-11-16'), ('ES-WITHOUT-DAY', null, null, null, null)) b (shipment, parcel, number, made, day)`,
    [organizationId, connectionId, world.clock.now(), id],
  )
  const left = async () =>
    (await world.query<{ shipment: string }>('select shipment_number as shipment from bookings order by 1')).map(
      ({ shipment }) => shipment,
    )
  world.clock.advance(95 * day)
  await cleanUp()
  expect(await left()).toEqual(['ES-PARCEL', 'ES-REMOVED', 'ES-WAITING', 'ES-WITHOUT-DAY'])
  world.clock.advance(4 * day)
  await cleanUp()
  expect(await left()).toEqual(['ES-PARCEL'])
})

test('the answer to a request that could be sent again is forgotten after a day', async () => {
  const { organizationId } = world.installation
  const at = world.clock.now()
  const hashes = { keyHmac: 'key', requestHmac: 'request' }
  const answer = { ...hashes, status: 201, location: null, body: '{}', leftOut: [] }
  await world.db.transaction((tx) => keepAnswer(tx, { ...answer, organizationId, keptBy: 'shop', at }))
  world.clock.advance(23 * hour)
  await cleanUp()
  expect(await count('kept_answers')).toBe(1)
  world.clock.advance(2 * hour)
  await cleanUp()
  expect(await count('kept_answers')).toBe(0)
})

test('a parcel that a call has keeps no other from being archived, however many there are', async () => {
  const ids = [...(await world.register(trackingNumbers(600))).values()].sort((a, b) => Number(a) - Number(b))
  const [inCall] = ids
  await world.query(
    `update tracking_cache set status = 'delivered', ended_at = $1::timestamptz + id * interval '1 second'`,
    [new Date(world.clock.now().getTime() - 100 * day)],
  )
  await world.query('update tracking_schedule set next_update_due = null')
  await world.query('update tracking_schedule set call_id = 7, next_update_due = $2 where tracking_id = $1', [
    inCall,
    new Date(world.clock.now().getTime() + 50_000),
  ])
  await cleanUp()
  expect(await world.query('select id from tracking_cache where archived_at is null')).toEqual([{ id: inCall }])
})

test('a culprit that is asked every tenth day waits as long as it should', async () => {
  await world.register(['EPTEST-IN-TRANSIT1'])
  const config = { ...world.config, tracking: { ...world.config.tracking, culpritMs: 10 * day } }
  const due = new Date(world.clock.now().getTime() + 9 * day)
  await world.query('update tracking_schedule set next_update_due = $1, strikes = 8', [due])
  await cleanUpJob({ ...world.deps, settingsOf: () => config.tracking }, aJob)
  expect(await world.query('select next_update_due as due from tracking_schedule')).toEqual([{ due }])
})

test('the history of an ended parcel goes after 30 days, that of one on its way stays', async () => {
  await world.register(['EPTEST-DELIVERED1', 'EPTEST-IN-TRANSIT1'])
  await check()
  const withHistory = async () =>
    (
      await world.query<{ number: string }>(
        'select distinct tracking_number as number from tracking_update_logs order by 1',
      )
    ).map(({ number }) => number)
  world.clock.advance(29 * day)
  await cleanUp()
  expect(await withHistory()).toEqual(['EPTEST-DELIVERED1', 'EPTEST-IN-TRANSIT1'])
  world.clock.advance(2 * day)
  await cleanUp()
  expect(await withHistory()).toEqual(['EPTEST-IN-TRANSIT1'])
})

test('calls go after 90 days, not while the day counter counts them', async () => {
  await world.register(['EPTEST-IN-TRANSIT1'])
  await check()
  world.clock.advance(91 * day)
  await cleanUp()
  expect(await count('api_calls')).toBe(1)
  const counted = world.clock.now()
  await check()
  await cleanUp()
  expect(await world.query('select opened_at >= $1 as later from api_calls', [counted])).toEqual([{ later: true }])
})

test('a call whose worker died is told as cut off once its lease is over', async () => {
  const now = world.clock.now()
  await world.query(
    `insert into api_calls (connection_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size)
     values ($1, '2026-11-17', false, 0, $2, $3, 1)`,
    [world.installation.connectionId, now, new Date(now.getTime() + 50_000)],
  )
  await cleanUp()
  expect(await count('api_calls where closed_at is null')).toBe(1)
  world.clock.advance(51_000)
  await cleanUp()
  expect(await count(`api_calls where outcome = 'cut_off'`)).toBe(1)
  expect(world.logged.at(-1)).toMatchObject({ abandonedCalls: 1, msg: 'cleaned up' })
})

test('the report tells of the local day that has ended, and running it again changes nothing', async () => {
  await world.register(['EPTEST-DELIVERED1', 'EPTEST-IN-TRANSIT1'])
  world.simulator.forceFault({ name: 'server_500' })
  await check()
  world.clock.advance(hour)
  await check()
  world.clock.advance(14 * hour)
  for (let runs = 0; runs < 2; runs++) await dailyReportJob(world.deps, aJob)
  expect(
    await world.query(
      `select day::text, calls, calls_failed as failed, numbers_asked as asked, numbers_found as found, trackings_by_status as statuses
         from daily_reports`,
    ),
  ).toEqual([
    {
      day: '2026-11-17',
      calls: await count('api_calls'),
      failed: 1,
      asked: 4,
      found: 2,
      statuses: { delivered: 1, in_transit: 1 },
    },
  ])
})

test('a report before one in the morning of a day with 25 hours is about the day before', async () => {
  await world.register(['EPTEST-IN-TRANSIT1'])
  world.clock.advance(Date.parse('2027-10-30T12:00:00Z') - world.clock.now().getTime())
  const tracking = { ...world.config.tracking, timezone: 'Europe/London' }
  const config = { ...world.config, tracking }
  const settingsOf = () => tracking
  const deps = { ...world.deps, config, settingsOf, checks: { ...world.deps.checks, settingsOf } }
  await checkDueJob(deps, { ...aJob, payload: { connectionId: world.installation.connectionId } })
  world.clock.advance(Date.parse('2027-10-31T23:30:00Z') - world.clock.now().getTime())
  await dailyReportJob(deps, aJob)
  expect(await world.query('select day, calls from daily_reports')).toEqual([{ day: '2027-10-30', calls: 1 }])
  expect(world.logged.at(-1)).toMatchObject({ day: '2027-10-30' })
})

test('parcels that a worker with a clock 40 days ahead gave up live again after a clean-up and a check', async () => {
  await world.register(['EPTEST-IN-TRANSIT1', 'EPTEST-DELIVERED1'])
  await check()
  world.clock.advance(2 * hour)
  const wrong = () => new Date(world.clock.now().getTime() + 40 * day)
  const checks = { ...world.deps.checks, now: wrong, clock: async () => wrong() }
  await world.query('update tracking_schedule set next_update_due = $1', [world.clock.now()])
  await checkDueJob({ ...world.deps, checks }, { ...aJob, payload: { connectionId: world.installation.connectionId } })
  expect(await count(`tracking_cache where status = 'lapsed'`)).toBe(1)
  await cleanUp()
  expect(world.logged.at(-1)).toMatchObject({ healed: 2 })
  await check()
  expect(
    await world.query('select status, ended_at > $1 as ahead from tracking_cache order by tracking_number desc', [
      world.clock.now(),
    ]),
  ).toEqual([
    { status: 'in_transit', ahead: null },
    { status: 'delivered', ahead: false },
  ])
  expect(await count(`tracking_schedule where checked_at > '${world.clock.now().toISOString()}'`)).toBe(0)
})

test('the counts of parcels are added up, however many changes wait, and stay what they were', async () => {
  await world.register(trackingNumbers(3))
  await world.query(
    `insert into tracking_count_changes (organization_id, connection_id, status, attention, amount)
     select organization_id, id, 'lapsed', '', n % 2 * 2 - 1 from connections, generate_series(1, 30000) n`,
  )
  await jobs['fold-counts'](world.deps, aJob)
  expect(await count('tracking_count_changes')).toBe(0)
  expect(await world.query('select status, amount from tracking_counts where amount <> 0')).toEqual([
    { status: 'pending', amount: '3' },
  ])
})

test('maintenance says that all is well, and names the rule that is broken', async () => {
  await world.register(['EPTEST-IN-TRANSIT1'])
  await check()
  await maintenanceJob(world.deps, aJob)
  expect(world.logged.at(-1)).toMatchObject({ level: 30, msg: 'all rules of the database hold' })
  await world.query('update connections set calls_used = calls_used + 1')
  await maintenanceJob(world.deps, aJob)
  expect(world.logged.at(-1)).toMatchObject({
    level: 50,
    rule: 'the day counter of a connection equals its logged calls',
    examples: [{ counted: 2, logged: 1 }],
  })
})

test('what maintenance found is kept until the next time, with since when a rule is broken', async () => {
  await world.register(['EPTEST-IN-TRANSIT1'])
  await check()
  await world.query('update connections set calls_used = calls_used + 1')
  await maintenanceJob(world.deps, aJob)
  const first = world.clock.now()
  world.clock.advance(86_400_000)
  await maintenanceJob(world.deps, aJob)
  const [broken, ...others] = await listRuleChecks(world.db.sql)
  expect(broken).toEqual({
    ...{
      rule: 'the day counter of a connection equals its logged calls',
      checkedAt: world.clock.now(),
      checkedTo: null,
    },
    ...{ failing: 1, failingSince: first, examples: [expect.objectContaining({ logged: expect.any(Number) })] },
  })
  expect(others.map(({ failing }) => failing)).toEqual(others.map(() => 0))
  await world.query(
    'update connections set calls_used = (select count(*) from api_calls where budget_day = connections.budget_day)',
  )
  await maintenanceJob(world.deps, aJob)
  expect((await listRuleChecks(world.db.sql)).filter(({ failing }) => failing > 0)).toEqual([])
})

test('the security log goes after 90 days, and what failed look-ups left once it counts no more', async () => {
  const now = world.clock.now()
  await world.query(`insert into lookup_locks (pair_hmac, failures, failed_at) values ('a', 1, $1)`, [now])
  await world.query(`insert into security_log (at, kind) values ($1, 'lookup_failed')`, [now])
  world.clock.advance(20 * 60_000)
  await cleanUp()
  expect(await count('lookup_locks')).toBe(1)
  world.clock.advance(1)
  await cleanUp()
  expect([await count('lookup_locks'), await count('security_log')]).toEqual([0, 1])
  world.clock.advance(90 * day)
  await cleanUp()
  expect(await count('security_log')).toBe(0)
})

test('the audit log is sealed by a tick, kept for two years, and where its chain ends is logged each day', async () => {
  const enter = () =>
    recordAct(world.db.sql, { act: 'tick.run', actor: consoleActor, organizationId: null, now: world.clock.now() })
  const seal = () => jobs['audit-seal'](world.deps, aJob)
  // The server has a clock of its own, which lets nothing go that was sealed in its last 30 days.
  world.clock.advance(-900 * day)
  await enter()
  await seal()
  world.clock.advance(500 * day)
  await enter()
  await seal()
  const [head] = await world.query<{ no: string; hash: string }>('select no, hash from audit_head')
  await dailyReportJob(world.deps, aJob)
  expect(world.logged).toContainEqual(expect.objectContaining({ msg: 'the audit chain ends here', ...head }))
  world.clock.advance(200 * day)
  await cleanUp()
  expect(await count('audit_log')).toBe(2)
  world.clock.advance(31 * day)
  await cleanUp()
  expect(await world.query('select chain_no as no, act from audit_log order by id')).toEqual([
    { no: '2', act: 'tick.run' },
    { no: null, act: 'audit.cut' },
  ])
  expect((await verifyAudit(world.db)).faults).toEqual([])
})
