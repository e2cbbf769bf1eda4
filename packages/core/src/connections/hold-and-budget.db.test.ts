import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { consoleActor as actor } from '../audit/index.ts'
import { checkDue, openCall } from '../checking/index.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/check-world.ts'
import { addBudget, holdConnection, resumeConnection } from './index.ts'

const signal = new AbortController().signal
let world: CheckWorld
beforeAll(async () => {
  world = await createCheckWorld({ env: { TRACKING_DAILY_BUDGET: '10', TRACKING_QUIET_HOURS: 'off' } })
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.query('delete from api_calls')
  await world.query(
    `update connections set budget_day = null, calls_used = 0, calls_manual = 0, extra_day = null, extra_calls = 0, held_since = null, held_until = null, held_reason = null,
            paused_until = null, pause_reason = null, slots = '{}', next_call_at = null`,
  )
})

let registered = 0
const registerSome = async () => {
  registered += 1
  await world.register(trackingNumbers(1, registered))
}
const deps = () => ({
  db: world.db,
  clock: async () => world.clock.now(),
  boss: { send: async () => 'a job' },
  settings: world.config.tracking,
})
const which = () => ({ actor, ...world.installation })
const open = () => openCall(world.process(), world.installation.connectionId)
const check = () => checkDue(world.process(), { connectionId: world.installation.connectionId, signal })

test('a person’s pause is obeyed by every worker at the next call, and ends when it is resumed', async () => {
  await registerSome()
  await holdConnection(deps(), { ...which(), until: null, reason: null })
  expect(await open()).toMatchObject({ granted: false, reason: 'held' })
  expect(await check()).toMatchObject({ calls: 0, stoppedBy: 'held' })
  await resumeConnection(deps(), which())
  expect(await open()).toMatchObject({ granted: true })
})

test('a pause with an end is over by itself', async () => {
  await registerSome()
  const until = new Date(world.clock.now().getTime() + 60_000)
  await holdConnection(deps(), { ...which(), until, reason: null })
  expect(await open()).toMatchObject({ reason: 'held', retryAt: until })
  world.clock.advance(60_000)
  expect(await open()).toMatchObject({ granted: true })
})

test('what Jejak pauses by itself leaves a person’s pause as it is, and new access does not end it', async () => {
  await registerSome()
  await holdConnection(deps(), { ...which(), until: null, reason: 'Raya' })
  await world.query(`update connections set pause_reason = 'not_authorised', paused_until = $1`, [world.clock.now()])
  const [tokens] = await world.query<{ a: string; r: string }>(
    'select sealed_access_token as a, sealed_refresh_token as r from connections',
  )
  expect(await check()).toMatchObject({ calls: 0, stoppedBy: 'held' })
  expect(
    await world.query('select held_reason, sealed_access_token as a, sealed_refresh_token as r from connections'),
  ).toEqual([{ held_reason: 'Raya', ...tokens }])
})

test('calls that a person adds may go out at once on a day whose budget is spent, and no more than these', async () => {
  const day = '2026-11-17'
  await registerSome()
  await world.query('update connections set budget_day = $1, calls_used = 10, calls_manual = 6', [day])
  expect(await open()).toMatchObject({ granted: false, reason: 'budget_spent' })
  await addBudget(deps(), { ...which(), extraCalls: 10 })
  expect(await open()).toMatchObject({ granted: true })
  await world.query('update connections set calls_used = 20, calls_manual = 4')
  await registerSome()
  world.clock.advance(10_000)
  expect(await open()).toMatchObject({ granted: false, reason: 'budget_spent' })
})
