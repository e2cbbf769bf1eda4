import { type RefreshRun, refreshRequest } from '@jejak/contract'
import { findBrokenRules } from '@jejak/db'
import { afterEach, expect, test } from 'vitest'
import { consoleActor as actor } from '../actor.ts'
import { settleCases } from '../attention/index.ts'
import { checkBatch, checkDue } from '../checking/call/check-due.ts'
import { openCall } from '../checking/call/open-call.ts'
import { recordFailure } from '../checking/call/record-call.ts'
import { EasyParcelError } from '../easyparcel/index.ts'
import { refreshTracking, removeTracking } from '../registering/index.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/index.ts'
import { feedRefreshes } from './feed-refreshes.ts'
import { getRefresh, planRefresh, startRefresh, steerRefresh } from './index.ts'

const never = new AbortController().signal
const hour = 3_600_000
const quick = { TRACKING_CALLS_PER_SECOND: '100', TRACKING_JITTER: '0' }

let world: CheckWorld
afterEach(async () => {
  const broken = await findBrokenRules(world.db.sql, world.clock.now())
  await world.close()
  // These tests set the counter of calls by hand.
  expect(broken.filter(({ rule }) => !rule.startsWith('the day counter'))).toEqual([])
})

const deps = () => ({
  ...{ db: world.db, clock: async () => world.clock.now(), settingsOf: () => world.config.tracking },
  ...{ boss: { send: async () => 'a job' } as never, contactKeys: [] as never, isDemo: false, registerDelayMs: 0 },
})
const shop = () => ({ organizationId: world.installation.organizationId })
const connection = () => world.installation.connectionId
const asked = (given: Record<string, unknown>) => refreshRequest.parse(given)
const start = (given: Record<string, unknown> = { filter: {} }) =>
  startRefresh(deps(), { actor, ...shop(), asked: asked(given) })
const steer = (runId: string, turn: 'pause' | 'resume' | 'cancel') =>
  steerRefresh(deps(), { actor, ...shop(), runId, turn })
const view = (runId: string) => getRefresh(deps(), { ...shop(), runId })
/** The simulator does not know a booking at once. */
const answered = ({ progress: { changed, unchanged, notFound } }: RefreshRun) => changed + unchanged + notFound
const check = () => checkDue(world.process(), { connectionId: connection(), signal: never })
const opened = async () => {
  const opening = await openCall(world.process(), connection())
  if (!opening.granted) throw new Error(opening.reason)
  return opening.call
}
const schedules = () =>
  world.query<{ id: string; due: Date; priority: number; because: string }>(
    `select tracking_id as id, next_update_due as due, update_priority as priority, due_because as because from tracking_schedule order by 1`,
  )
/** Parcels that are booked and were all checked a moment ago. */
const inWorld = async (amount: number, env: Record<string, string> = {}) => {
  world = await createCheckWorld({ env: { ...quick, TRACKING_PACE_BURST: '1', ...env } })
  const numbers = trackingNumbers(amount)
  world.simulator.book(numbers.map((trackingNumber) => ({ awb: trackingNumber })))
  const ids = [...(await world.register(numbers)).values()]
  await check()
  world.clock.advance(20 * 60_000)
  await world.query('update connections set calls_used = 0, calls_manual = 0')
  return ids
}

test('a run refreshes every parcel once, ahead of its time, and tells what became of each', async () => {
  await inWorld(120)
  const runId = await start()
  expect(await view(runId)).toMatchObject({ state: 'running', parcels: 120, progress: { waiting: 120, asked: 0 } })
  expect(await check()).toMatchObject({ asked: 120, failedCalls: 0, stoppedBy: 'nothing_due' })
  const done = await view(runId)
  expect(done.state).toBe('done')
  expect(answered(done)).toBe(120)
  expect((await schedules()).every(({ priority }) => priority !== 50)).toBe(true)
  await check()
  expect(await view(runId)).toMatchObject({ state: 'done', endedAt: world.clock.now().toISOString() })
})

test('a dry run tells how many parcels, calls and minutes, what it leaves out, and changes nothing', async () => {
  const ids = await inWorld(60)
  await world.query(`update tracking_cache set status = 'delivered', ended_at = $2 where id = any ($1)`, [
    ids.slice(0, 5),
    world.clock.now(),
  ])
  await world.query('update tracking_schedule set next_update_due = null where tracking_id = any ($1)', [
    ids.slice(0, 5),
  ])
  const before = await schedules()
  const plan = await planRefresh(deps(), { ...shop(), asked: asked({ filter: {}, dryRun: true }) })
  expect(plan).toMatchObject({
    ...{ parcels: 55, calls: 2, minutes: 1, leftOut: { ended: 5, inFlight: 0, unknown: 0 } },
    connections: [{ connectionId: connection(), fitsReserve: true, fitsToday: true, reserveLeft: 100, wait: null }],
  })
  expect(await schedules()).toEqual(before)
  expect(await world.query('select from refresh_runs')).toEqual([])
  const withEnded = await planRefresh(deps(), { ...shop(), asked: asked({ filter: { status: 'delivered' } }) })
  expect(withEnded).toMatchObject({ parcels: 5, leftOut: { ended: 0 } })
  const byId = await planRefresh(deps(), { ...shop(), asked: asked({ ids: [ids[0], ids[9], '999'] }) })
  expect(byId).toMatchObject({ parcels: 1, leftOut: { ended: 1, unknown: 1 } })
})

test('parcels that are registered after the dry run are not in the run that takes its instant', async () => {
  await inWorld(3)
  const { asOf } = await planRefresh(deps(), { ...shop(), asked: asked({ filter: {} }) })
  world.clock.advance(1000)
  await world.register(trackingNumbers(1, 5000))
  const runId = await start({ filter: {}, asOf })
  expect(await view(runId)).toMatchObject({ parcels: 3 })
})

test('a parcel is in one run only, and a run with nothing left to do is refused', async () => {
  const ids = await inWorld(4)
  await start({ ids: ids.slice(0, 3) })
  const second = await start()
  expect(await view(second)).toMatchObject({ parcels: 1, leftOut: { inAnotherRun: 3 } })
  await expect(start()).rejects.toThrow('There is nothing to refresh: 4 are in another run.')
})

test('a shop has so many runs under way and no more, and a run so many parcels', async () => {
  const ids = await inWorld(6, { TRACKING_REFRESH_RUNS: '1', TRACKING_REFRESH_PARCELS: '5' })
  await expect(start()).rejects.toThrow('More than 5 parcels match')
  const runId = await start({ ids: ids.slice(0, 1) })
  await expect(start({ ids: ids.slice(1, 2) })).rejects.toThrow('1 runs are under way')
  await steer(runId, 'cancel')
  await start({ ids: ids.slice(1, 2) })
})

test('a paused run gives its parcels their times back, and goes on where it was', async () => {
  await inWorld(120, { TRACKING_CONCURRENCY: '1' })
  const before = await schedules()
  const runId = await start()
  await feedRefreshes(deps(), connection())
  await checkBatch(world.process(), await opened())
  expect(answered(await view(runId))).toBe(50)
  await feedRefreshes(deps(), connection())
  expect((await schedules()).filter(({ priority }) => priority === 50)).toHaveLength(50)
  await steer(runId, 'pause')
  expect(await view(runId)).toMatchObject({ state: 'paused', progress: { waiting: 70, asked: 0 } })
  expect((await schedules()).slice(50)).toEqual(before.slice(50))
  expect(await check()).toMatchObject({ asked: 0 })
  await steer(runId, 'resume')
  expect(await check()).toMatchObject({ asked: 70 })
  expect(await view(runId)).toMatchObject({ state: 'done', progress: { waiting: 0 } })
})

test('a cancelled run says what is done already; a call under way is still answered', async () => {
  await inWorld(120)
  const runId = await start()
  await feedRefreshes(deps(), connection())
  const call = await opened()
  await steer(runId, 'cancel')
  expect(await view(runId)).toMatchObject({ state: 'cancelled', endedAt: null, progress: { asked: 50, cancelled: 70 } })
  await checkBatch(world.process(), call)
  await check()
  const run = await view(runId)
  const { progress, endedAt } = run
  expect(progress).toMatchObject({ asked: 0, cancelled: 70 })
  expect(answered(run)).toBe(50)
  expect(endedAt).not.toBeNull()
  await expect(steer(runId, 'resume')).rejects.toThrow('This run is cancelled already.')
})

test('a parcel whose call failed while its run was paused leaves the queue, too', async () => {
  await inWorld(10)
  const before = await schedules()
  const runId = await start()
  await feedRefreshes(deps(), connection())
  const call = await opened()
  await steer(runId, 'pause')
  expect(await view(runId)).toMatchObject({ progress: { asked: 10 } })
  await recordFailure(world.process(), { call, error: new EasyParcelError({ kind: 'timeout' }, 'It took too long.') })
  await feedRefreshes(deps(), connection())
  expect(await view(runId)).toMatchObject({ state: 'paused', progress: { asked: 0, waiting: 10 } })
  expect(await schedules()).toEqual(before)
})

test('parcels that are removed or end meanwhile are skipped, with the reason; what was checked meanwhile is done', async () => {
  const ids = await inWorld(6)
  const runId = await start()
  await removeTracking(deps(), { actor, ...shop(), trackingId: ids[0]! })
  await world.query(`update tracking_cache set status = 'delivered', ended_at = $2 where id = $1`, [
    ids[1],
    world.clock.now(),
  ])
  await world.query('update tracking_schedule set next_update_due = null where tracking_id = $1', [ids[1]])
  await world.query('update tracking_schedule set checked_at = $2 where tracking_id = $1', [ids[2], world.clock.now()])
  expect(await check()).toMatchObject({ asked: 3 })
  expect((await view(runId)).progress).toMatchObject({ skipped: 2, waiting: 0, asked: 0 })
  const reasons = await world.query<{ id: string; outcome: string; reason: string | null; callId: string | null }>(
    `select tracking_id as id, outcome, reason, call_id as "callId" from refresh_run_parcels order by 1 limit 3`,
  )
  expect(reasons).toEqual([
    { id: ids[0], outcome: 'skipped', reason: 'removed', callId: null },
    { id: ids[1], outcome: 'skipped', reason: 'ended', callId: null },
    { id: ids[2], outcome: 'unchanged', reason: null, callId: null },
  ])
})

test('neither a pause nor the end of a run takes a parcel from the person who tries it again from the list of what needs people', async () => {
  const [id] = await inWorld(1)
  for (const turn of ['pause', 'cancel'] as const) {
    const runId = await start()
    await feedRefreshes(deps(), connection())
    await world.query(
      `update tracking_cache set attention_reason = 'unreadable', requires_attention = true where id = $1`,
      [id],
    )
    const settling = { actor, ...shop(), which: { ids: [id!] }, how: 'retry' } as const
    expect(await settleCases({ ...deps(), settings: world.config.tracking }, settling)).toMatchObject({ done: 1 })
    await steer(runId, turn)
    expect(await schedules()).toMatchObject([{ priority: 50 }])
    expect(await check()).toMatchObject({ calls: 1, asked: 1 })
    if (turn === 'pause') await steer(runId, 'cancel')
    world.clock.advance(20 * 60_000)
  }
})

test('a number that EasyParcel does not know is told as not found', async () => {
  world = await createCheckWorld({ env: quick })
  await world.register(trackingNumbers(2))
  await check()
  world.clock.advance(hour / 60)
  const runId = await start()
  await check()
  expect((await view(runId)).progress).toMatchObject({ notFound: 2 })
})

test('once the reserve is used up the run waits for the day’s plan, says so, and leaves seats for others', async () => {
  const ids = await inWorld(200, { TRACKING_BUDGET_RESERVE: '0', TRACKING_PACE_BURST: '0' })
  await world.query(`update connections set calls_used = 1000`)
  const runId = await start({ ids: ids.slice(0, 150) })
  expect(await check()).toMatchObject({ calls: 0 })
  const waiting = await view(runId)
  expect(waiting).toMatchObject({
    state: 'running',
    progress: { waiting: 150 },
    waits: [{ wait: { reason: 'budget_spent' } }],
  })
  expect(waiting.estimatedEnd).not.toBeNull()
  await world.query(`update connections set calls_used = 0`)
  // Everything else is due as well.
  await world.query(`update tracking_schedule set next_update_due = $1 where update_priority = 100`, [
    world.clock.now(),
  ])
  await feedRefreshes(deps(), connection())
  expect((await schedules()).filter(({ priority }) => priority === 50)).toHaveLength(25)
})

test('a thousand requests for a parcel of a run make one call, and a pause does not take it from the person who asked', async () => {
  const [id] = await inWorld(1)
  const runId = await start()
  await feedRefreshes(deps(), connection())
  await refreshTracking(deps(), { actor, ...shop(), trackingId: id! })
  await steer(runId, 'pause')
  expect(await schedules()).toMatchObject([{ priority: 50 }])
  expect(await check()).toMatchObject({ calls: 1, asked: 1 })
  await steer(runId, 'resume')
  expect(await check()).toMatchObject({ calls: 0 })
  expect(await view(runId)).toMatchObject({ state: 'done', progress: { waiting: 0 } })
})
