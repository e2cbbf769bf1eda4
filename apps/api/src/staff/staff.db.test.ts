import { jobView, overviewView, refreshAnswer } from '@jejak/contract'
import { localDay } from '@jejak/core/checking'
import { dutyNames } from '@jejak/core/queue'
import { endJobFailure, saveJobFailure } from '@jejak/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())

const send = (method: 'GET' | 'POST', url: string, payload?: object) =>
  world.app.inject({ method, url, headers: withKey(world.shop.key), ...(payload && { payload }) })

let last = 0
const register = async (): Promise<string> => {
  const trackingNumber = `ADMIN${String(++last).padStart(5, '0')}`
  return (await send('POST', '/v1/trackings', { trackingNumber })).json().id
}
const schedule = (id: string, set: string, values: unknown[] = []) =>
  world.query(`update tracking_schedule set ${set} where tracking_id = $1`, [id, ...values])
const jobsOf = (queue: string) => world.query(`select id from pgboss.job where name = $1`, [queue])

test('a manual refresh makes the parcel due now, and answers a job that can be followed to its end', async () => {
  const id = await register()
  await schedule(id, `next_update_due = $2, update_priority = 100`, [new Date('2026-03-03T00:00:00Z')])
  const response = await send('POST', `/v1/admin/trackings/${id}/refresh`)
  expect(response.statusCode).toBe(202)
  const { job } = response.json()
  expect(job).toEqual({ id: expect.any(String), trackingId: id, follow: `/v1/admin/jobs/${job.id}` })
  expect(response.headers.location).toBe(job.follow)
  const [row] = await world.query(
    `select next_update_due, update_priority from tracking_schedule where tracking_id = $1`,
    [id],
  )
  expect(row).toEqual({ next_update_due: world.clock.now(), update_priority: 50 })

  const follow = async () => jobView.strict().parse((await send('GET', job.follow)).json())
  expect(await follow()).toMatchObject({ queue: 'check-due', state: 'waiting', startedAt: null })
  await world.query(`update pgboss.job set state = 'active', started_on = now() where id = $1`, [job.id])
  expect(await follow()).toMatchObject({ state: 'active', startedAt: expect.any(String) })
  await world.query(`update pgboss.job set state = 'completed', completed_on = now() where id = $1`, [job.id])
  expect(await follow()).toMatchObject({ state: 'completed', completedAt: expect.any(String) })
})

test('a parcel that is being asked for, or is about to be, is not asked for twice; the log says who asked', async () => {
  const id = await register()
  await send('POST', `/v1/admin/trackings/${id}/refresh`)
  const waiting = await send('POST', `/v1/admin/trackings/${id}/refresh`)
  expect([waiting.statusCode, waiting.json().code]).toEqual([409, 'conflict'])
  expect(waiting.json().detail).toContain('already been requested')
  await schedule(id, `call_id = 1, next_update_due = $2`, [new Date(world.clock.now().getTime() + 50_000)])
  const inFlight = await send('POST', `/v1/admin/trackings/${id}/refresh`)
  expect([inFlight.statusCode, inFlight.json().detail]).toEqual([409, expect.stringContaining('right now')])
  const log = `select triggered_by as by from tracking_update_logs where tracking_id = $1 and kind = 'check_requested'`
  expect(await world.query(log, [id])).toEqual([{ by: expect.stringMatching(/^key:\d+$/) }])
})

test('a refresh that has to wait says why and until when, and keeps its place', async () => {
  const id = await register()
  const { timezone, dailyBudget } = world.config.tracking
  const wait = async (columns: string, values: unknown[] = []) => {
    await world.query(`delete from pgboss.job`)
    await world.query(`update connections set ${columns}`, values)
    const response = await send('POST', `/v1/admin/trackings/${id}/refresh`)
    return refreshAnswer.strict().parse(response.json()).wait
  }
  expect(await wait('calls_used = 0')).toEqual({ reason: 'not_authorised', until: null })
  const today = localDay(world.clock.now(), timezone)
  await world.query(`update connections set sealed_access_token = 'sealed'`)
  expect(await wait('budget_day = $1, calls_used = $2, calls_manual = 100', [today, dailyBudget - 1])).toMatchObject({
    reason: 'paced',
    until: expect.stringMatching(/Z$/),
  })
  expect(await wait('calls_used = $1', [dailyBudget])).toMatchObject({ reason: 'budget_spent' })
  const until = new Date(world.clock.now().getTime() + 120_000)
  expect(await wait('calls_used = 0, calls_manual = 0, next_call_at = $1', [until])).toEqual({
    reason: 'upstream_down',
    until: until.toISOString(),
  })
  expect(
    await wait('next_call_at = null, sealed_access_token = null, sealed_refresh_token = $1', ['sealed']),
  ).toBeNull()
  await world.query(`update connections set sealed_refresh_token = null, budget_day = null`)
})

test('two people who ask at the same moment get one job', async () => {
  const id = await register()
  const answers = await Promise.all(Array.from({ length: 6 }, () => send('POST', `/v1/admin/trackings/${id}/refresh`)))
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, 409, 409, 409, 409, 409])
})

test('an ended parcel can be refreshed, one that does not exist cannot', async () => {
  const id = await register()
  await world.query(`update tracking_cache set status = 'delivered', ended_at = now() where id = $1`, [id])
  await schedule(id, 'next_update_due = null')
  expect((await send('POST', `/v1/admin/trackings/${id}/refresh`)).statusCode).toBe(202)
  expect((await send('POST', '/v1/admin/trackings/999999/refresh')).statusCode).toBe(404)
  expect((await send('GET', '/v1/admin/jobs/00000000-0000-4000-8000-000000000000')).statusCode).toBe(404)
  expect((await send('GET', '/v1/admin/jobs/soon')).statusCode).toBe(400)
})

test('ticks run from outside enqueue what is due, once', async () => {
  await world.query(`delete from pgboss.job`)
  await world.query(`update tracking_schedule set next_update_due = null`)
  expect((await send('POST', '/v1/operator/ticks/regular')).json()).toEqual({ tick: 'regular', jobs: 0 })
  const id = await register()
  await world.query(`delete from pgboss.job`)
  await schedule(id, 'update_priority = 100')
  // Nothing is sent for an account that is not connected.
  expect((await send('POST', '/v1/operator/ticks/regular')).json().jobs).toBe(0)
  await world.query(`update connections set sealed_access_token = 'sealed'`)
  expect((await send('POST', '/v1/operator/ticks/urgent')).json().jobs).toBe(0)
  const regular = await send('POST', '/v1/operator/ticks/regular')
  expect([regular.statusCode, regular.json()]).toEqual([202, { tick: 'regular', jobs: 1 }])
  expect((await send('POST', '/v1/operator/ticks/regular')).json().jobs).toBe(0)
  for (const tick of dutyNames) {
    expect((await send('POST', `/v1/operator/ticks/${tick}`)).json().jobs).toBe(1)
    expect(await jobsOf(tick)).toHaveLength(1)
  }
  const unknown = await send('POST', '/v1/operator/ticks/hourly')
  expect([unknown.statusCode, unknown.json().detail]).toEqual([400, expect.stringContaining('urgent, regular')])
})

test('the overview counts parcels, shows the budget and says what is wrong', async () => {
  await world.query(`delete from tracking_cache`)
  await register()
  await world.query(
    `update connections set budget_day = '2026-03-02', calls_used = 40, calls_manual = 3, sealed_access_token = 'sealed',
            breaker_open_until = $2, last_failure = 'EasyParcel did not answer in time', last_failure_at = $2 where id = $1`,
    [world.shop.connectionId, world.clock.now()],
  )
  const overview = overviewView.strict().parse((await send('GET', '/v1/operator/overview')).json())
  expect(overview).toMatchObject({
    demo: false,
    trackings: { byStatus: { pending: 1 }, dueNow: 1, inFlight: 0, requiringAttention: 0 },
    connections: [
      {
        id: world.shop.connectionId,
        isAuthorised: true,
        trouble: 'upstream_down',
        lastFailure: 'EasyParcel did not answer in time',
        budget: { day: '2026-03-02', limit: 1000, used: 40, usedManually: 3, left: 960 },
      },
    ],
  })
  expect(overview.connections[0]?.budget.allowedByNow).toBeGreaterThan(100)
})

test('yesterday’s calls are not today’s', async () => {
  world.clock.advance(24 * 3_600_000)
  const { connections } = (await send('GET', '/v1/operator/overview')).json()
  expect(connections[0].budget).toMatchObject({ day: '2026-03-03', used: 0, usedManually: 0, left: 1000 })
})

const askAs = async (key: string, { method = 'GET', url }: { method?: 'GET' | 'POST'; url: string }) =>
  world.app.inject({ method, url, headers: withKey(key) })

test('a shop’s staff see their own shop and follow their own checks; only operators see the installation', async () => {
  const other = await world.addShop('kedai-buku')
  const asOther = async (url: string, method?: 'POST') =>
    (await askAs(other.key, { url, ...(method && { method }) })).statusCode
  const mine = (await send('POST', `/v1/admin/trackings/${await register()}/refresh`)).json().job.follow
  const payload = { trackingNumber: 'BOOKS00001' }
  const headers = withKey(other.key)
  const registered = await world.app.inject({ method: 'POST', url: '/v1/trackings', headers, payload })
  const refresh = { method: 'POST' as const, url: `/v1/admin/trackings/${registered.json().id}/refresh` }
  const theirs = (await askAs(other.key, refresh)).json().job.follow
  expect([await asOther(theirs), await asOther(mine)]).toEqual([200, 404])
  expect((await send('GET', mine)).statusCode).toBe(200)

  expect(await asOther('/v1/operator/overview')).toBe(403)
  expect(await asOther('/v1/operator/ticks/daily-report', 'POST')).toBe(403)
  expect(await asOther('/v1/admin/ticks/daily-report', 'POST')).toBe(403)
  expect(await asOther(theirs.replace('admin', 'operator'))).toBe(403)
  const failure = { at: world.clock.now(), message: 'cannot read what is not there' }
  const mineFails = { queue: 'check-due', connectionId: world.shop.connectionId }
  for (const kind of [mineFails, { queue: 'maintenance', connectionId: null }])
    await saveJobFailure(world.db.sql, { ...kind, ...failure })
  const overview = overviewView.strict().parse((await askAs(other.key, { url: '/v1/admin/overview' })).json())
  expect(overview).toMatchObject({ trackings: { byStatus: { pending: 1 } }, checks: 0, calls: 0, failingJobs: [] })
  expect(overview.connections.map(({ id }) => id)).toEqual([other.connectionId])
  const all = overviewView.parse((await send('GET', '/v1/operator/overview')).json())
  const { pending } = all.trackings.byStatus
  expect(pending).toBeGreaterThan(1)
  expect([all.connections.length, all.failingJobs.length]).toEqual([2, 2])
  const own = overviewView.parse((await send('GET', '/v1/admin/overview')).json())
  expect(own.trackings.byStatus.pending).toBe(pending! - 1)
  expect([own.connections.length, own.failingJobs]).toEqual([1, [expect.objectContaining(mineFails)]])
  await world.query(`delete from job_failures`)
})

test('for one release operators find ticks and jobs at their old addresses, which say that they are going', async () => {
  await world.query(`delete from pgboss.job`)
  const tick = await send('POST', '/v1/admin/ticks/maintenance')
  expect([tick.statusCode, tick.json()]).toEqual([202, { tick: 'maintenance', jobs: 1 }])
  expect(tick.headers.deprecation).toBe('@1795824000')
  const [{ id }] = (await world.query<{ id: string }>(`select id from pgboss.job where name = 'maintenance'`)) as [
    { id: string },
  ]
  const moved = await send('GET', `/v1/operator/jobs/${id}`)
  expect([moved.statusCode, moved.headers.deprecation]).toEqual([200, undefined])
  const old = await send('GET', `/v1/admin/jobs/${id}`)
  expect([old.json(), old.headers.deprecation]).toEqual([moved.json(), '@1795824000'])
  const staffOnly = await world.addKey(world.shop.organizationId, ['shop:admin'])
  expect((await askAs(staffOnly, { url: `/v1/admin/jobs/${id}` })).statusCode).toBe(404)
})

test('a kind of job that fails is named in the overview and makes the health degraded, until it goes through', async () => {
  const failure = { queue: 'check-due', connectionId: world.shop.connectionId } as const
  const failingJobs = async () => overviewView.parse((await send('GET', '/v1/operator/overview')).json()).failingJobs
  const health = async () => {
    world.clock.advance(2_000)
    return (await world.app.inject('/health/ready')).json()
  }
  const at = world.clock.now()
  await saveJobFailure(world.db.sql, { ...failure, at, message: 'cannot read what is not there' })
  await saveJobFailure(world.db.sql, { ...failure, at, message: 'cannot read what is not there' })
  expect(await failingJobs()).toEqual([
    {
      ...failure,
      times: 2,
      firstAt: at.toISOString(),
      lastAt: at.toISOString(),
      message: 'cannot read what is not there',
    },
  ])
  expect(await health()).toEqual({ status: 'degraded', reason: 'jobs_failing' })
  await endJobFailure(world.db.sql, { ...failure, at: world.clock.now() })
  expect(await failingJobs()).toEqual([])
  expect(await health()).toEqual({ status: 'ok' })
})
