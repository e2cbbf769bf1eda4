import { consoleActor } from '@jejak/core/audit'
import { changeSettings } from '@jejak/core/settings'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkDueJob, rePlanJob } from './jobs.ts'
import { aJob, createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

const minute = 60_000
const parcel = 'EPTEST-IN-TRANSIT1'

let world: WorkerWorld
beforeEach(async () => {
  // A Tuesday at ten in the morning: neither night nor a day of rest.
  world = await createWorkerWorld({ env: { TRACKING_JITTER: '0' } })
  await world.register([parcel])
  world.clock.advance(minute)
  await check()
})
afterEach(() => world.close())

const check = () => checkDueJob(world.deps, { ...aJob, payload: { connectionId: world.installation.connectionId } })
const shop = () => ({ organizationId: world.installation.organizationId })
const change = (patch: Parameters<typeof changeSettings>[1]['patch']) =>
  changeSettings({ ...world.deps, boss: world.boss }, { actor: consoleActor, ...shop(), patch })
const rePlan = () => rePlanJob(world.deps, { ...aJob, payload: shop() })
/** In how many minutes the parcel is asked about, counted from now, and why then. */
const due = async () => {
  const [row] = await world.query<{ due: Date; because: string }>(
    'select next_update_due as due, due_because as because from tracking_schedule',
  )
  return [(row!.due.getTime() - world.clock.now().getTime()) / minute, row!.because]
}
const jobs = () =>
  world.query<{ data: object }>(`select data from pgboss.job where name = 're-plan' and state = 'created'`)

test('a shorter cadence holds for what is scheduled already, as if the last answer had come under it', async () => {
  expect(await due()).toEqual([120, 'in transit 120'])
  world.clock.advance(10 * minute)
  await change({ in_transit_freq: 45 })
  expect(await jobs()).toEqual([{ data: shop() }])
  await rePlan()
  expect(await due()).toEqual([35, 'in transit 45, by changed settings'])
  await rePlan()
  expect(world.logged.at(-1)).toMatchObject({ moved: 0 })
  await change({ in_transit_freq: null })
  await rePlan()
  expect(await due()).toEqual([110, 'in transit 120, by changed settings'])
})

test('what should have been asked already by the new cadence is due now', async () => {
  world.clock.advance(60 * minute)
  await change({ in_transit_freq: 45 })
  await rePlan()
  expect(await due()).toEqual([0, 'in transit 45, by changed settings'])
})

test('a day of rest of the shop slows its checks, also those that are scheduled', async () => {
  await change({ rest_days: 'tue' })
  await rePlan()
  expect(await due()).toEqual([180, 'in transit 120 × weekend 1.5, by changed settings'])
})

test.each([
  ['a parcel that a person has asked about', 'update_priority = 50'],
  ['a parcel in a call', 'call_id = 7'],
  ['a parcel that failed the last time', 'consecutive_failures = 1'],
])('%s keeps its time', async (_, state) => {
  await world.query(`update tracking_schedule set ${state}`)
  await change({ in_transit_freq: 45 })
  await rePlan()
  expect(await due()).toEqual([120, 'in transit 120'])
})

test('a change that moves no due time sends no job', async () => {
  await change({ daily_budget: 500 })
  expect(await jobs()).toEqual([])
})

test('from the next call on a worker asks within the shop’s own budget', async () => {
  await change({ daily_budget: 1, budget_reserve: 0 })
  await world.deps.refreshSettings()
  const checks = { ...world.deps.checks, settingsOf: world.deps.settingsOf }
  await world.query('update tracking_schedule set next_update_due = $1', [world.clock.now()])
  const job = { ...aJob, payload: { connectionId: world.installation.connectionId } }
  await checkDueJob({ ...world.deps, checks }, job)
  expect(await world.query('select count(*)::int as calls from api_calls')).toEqual([{ calls: 1 }])
  await change({ daily_budget: null, budget_reserve: null })
  await world.deps.refreshSettings()
  await checkDueJob({ ...world.deps, checks }, job)
  expect(await world.query('select count(*)::int as calls from api_calls')).toEqual([{ calls: 2 }])
})
