import { closeAbandonedCalls, findBrokenRules, requestRefresh } from '@jejak/db'
import { expect, test } from 'vitest'
import { EasyParcelError, type EasyParcelFailure } from '../../easyparcel/index.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../../testing/index.ts'
import type { CheckDeps } from '../call/check-deps.ts'
import { type OpenCall, openCall } from '../call/open-call.ts'
import { recordAnswer, recordFailure } from '../call/record-call.ts'
import { callsByDay, counters, nothingFound, openNow, sixteen } from '../testing/openers.ts'
import { createRandom } from '../testing/parcel-lives.ts'
import { manualReserve, paceAllowance } from './pace.ts'

const steps = 400
const budget = 24
const failures: readonly EasyParcelFailure[] = [
  { kind: 'network' },
  { kind: 'server' },
  { kind: 'unauthorised' },
  { kind: 'rate-limited', retryAfterMs: 20_000 },
  { kind: 'rejected' },
]
const leaps = [300, 300, 1000, 40_000, 40_000, 1_800_000, 1_800_000, 40_000_000]

type Act = {
  world: CheckWorld
  processes: CheckDeps[]
  ids: string[]
  random: () => number
  open: OpenCall[]
  seen: Set<string>
}

const pick = <Item>(items: readonly Item[], random: () => number): Item => items[Math.floor(random() * items.length)]!
const breakerOpen = async ({ world }: Act) =>
  (await world.query<{ open: boolean }>('select breaker_open_until is not null as open from connections'))[0]!.open

const openSeveral = async (act: Act) => {
  const { world, processes, random, open, seen } = act
  world.clock.advance(100)
  const isProbe = await breakerOpen(act)
  const tries = processes.slice(0, 2 + Math.floor(random() * 15))
  const openings = await Promise.all(tries.map((deps) => openCall(deps, world.installation.connectionId)))
  const granted = openings.flatMap((opening) => (opening.granted ? [opening.call] : []))
  for (const opening of openings) seen.add(opening.granted ? (isProbe ? 'probe' : 'granted') : opening.reason)
  if (isProbe) expect(granted.length).toBeLessThanOrEqual(1)
  const inFlight = open.filter(({ leaseUntil }) => leaseUntil > world.clock.now()).concat(granted)
  const numbers = inFlight.flatMap(({ trackings }) => trackings.map(({ trackingNumber }) => trackingNumber))
  expect(new Set(numbers).size).toBe(numbers.length)
  const { used, manual } = await counters(world)
  expect(manual).toBeLessThanOrEqual(manualReserve(world.config.tracking))
  if (granted.length > 0)
    expect(used - manual).toBeLessThanOrEqual(paceAllowance(world.clock.now(), world.config.tracking))
  open.push(...granted)
}

const endOne = async ({ world, processes, random, open, seen }: Act) => {
  const call = open.splice(Math.floor(random() * open.length), 1)[0]
  const fate = random()
  if (!call || fate < 0.1) return
  if (call.leaseUntil <= world.clock.now()) seen.add('late')
  if (fate < 0.45) return recordAnswer(processes[0]!, { call, answer: nothingFound })
  return recordFailure(processes[0]!, {
    call,
    error: new EasyParcelError(pick(failures, random), 'It failed.', { httpStatus: 400 }),
  })
}

const askFor = async ({ world, ids, random }: Act) => {
  if (random() > 0.3) return
  const trackingId = pick(ids, random)
  await requestRefresh(world.db.ofShop(world.installation.organizationId).sql, { trackingId, now: world.clock.now() })
}

const leap = async ({ world, random }: Act) => {
  world.clock.advance(Math.ceil(random() * pick(leaps, random)))
  if (random() < 0.3) await closeAbandonedCalls(world.db.sql, world.clock.now())
}

const openInARow = async (act: Act) => {
  for (let left = act.random() * 5; left > 0; left--) await openSeveral(act)
}

const deeds = [openInARow, openInARow, leap, endOne, endOne, askFor]

test('whatever sixteen processes, failures, deaths, people and midnights do together, every rule of the gate holds', async () => {
  const env = {
    TRACKING_JOB_BATCH_SIZE: '5',
    TRACKING_DAILY_BUDGET: String(budget),
    TRACKING_CALLS_PER_SECOND: '10',
    TRACKING_PACE_BURST: '0.2',
    TRACKING_BREAKER_FAILURES: '2',
  }
  const world = await createCheckWorld({ env })
  const ids = [...(await world.register(trackingNumbers(150))).values()]
  const seen = new Set<string>()
  const act: Act = { world, processes: sixteen(world, {}), ids, random: createRandom(3), open: [], seen }
  for (let step = 0; step < steps; step++) {
    await pick(deeds, act.random)(act)
    expect(await openNow(world)).toBeLessThanOrEqual(3)
    expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
  }
  const days = await callsByDay(world)
  expect(days.length).toBeGreaterThanOrEqual(3)
  for (const { logged } of days) expect(logged).toBeLessThanOrEqual(budget)
  const close = await world.query(
    `select from (select opened_at - lag(opened_at) over (order by id) as gap from api_calls) as gaps where gap < interval '100 ms'`,
  )
  expect(close).toEqual([])
  const reached = ['granted', 'probe', 'probing', 'breaker_open', 'slots_full', 'spacing', 'paced', 'late']
  expect(reached.filter((what) => !seen.has(what))).toEqual([])
  await world.close()
}, 120_000)
