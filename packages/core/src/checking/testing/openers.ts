import { sameForAll } from '../../settings/settings-in-force.ts'
import type { CheckWorld } from '../../testing/index.ts'
import { type CheckDeps, type OpenCall, openCall, recordAnswer } from '../index.ts'
import type { CheckingSettings } from '../settings.ts'

/** An answer that knows none of the numbers: the quickest way to close a call. */
export const nothingFound = { items: new Map(), requestId: null, httpStatus: 200, unread: [] }

/** No rule but the budget says no. */
export const wideOpen: Partial<CheckingSettings> = {
  callsPerSecond: 1000,
  concurrencyMax: 1000,
  budgetReserve: 0,
  paceBurst: 1,
  jitter: 0,
}

/** The same check flow with some settings changed. */
export const withSettings = (deps: CheckDeps, changed: Partial<CheckingSettings>): CheckDeps => {
  return { ...deps, ...sameForAll({ ...deps.settingsOf(null), ...changed }) }
}

/** The check flow of sixteen processes on one database, with some settings changed. */
export const sixteen = (world: CheckWorld, changed: Partial<CheckingSettings>): CheckDeps[] =>
  Array.from({ length: 16 }, () => withSettings(world.process(), changed))

export type Race = { granted: OpenCall[]; refused: Record<string, number> }
type RaceOptions = {
  tries: number
  /** How far the clock moves with every try. */
  stepMs?: number
  onGrant?: (deps: CheckDeps, call: OpenCall) => Promise<unknown>
}

/** All openers try at once until so many tries were answered; one that came too soon after another call is made again. */
export const race = async (
  world: CheckWorld,
  openers: readonly CheckDeps[],
  { tries, stepMs = 1, onGrant = (deps, call) => recordAnswer(deps, { call, answer: nothingFound }) }: RaceOptions,
): Promise<Race> => {
  const seen: Race = { granted: [], refused: {} }
  let left = tries
  const tryOnce = async (deps: CheckDeps): Promise<void> => {
    world.clock.advance(stepMs)
    const opening = await openCall(deps, world.installation.connectionId)
    if (opening.granted) {
      seen.granted.push(opening.call)
      await onGrant(deps, opening.call)
    } else if (opening.reason === 'spacing') return tryOnce(deps)
    else seen.refused[opening.reason] = (seen.refused[opening.reason] ?? 0) + 1
  }
  const tryOn = async (deps: CheckDeps) => {
    while (left-- > 0) await tryOnce(deps)
  }
  await Promise.all(openers.map(tryOn))
  return seen
}

/** What the database says about the calls of each local day. */
export const callsByDay = (world: CheckWorld) =>
  world.query<{ day: string; logged: number; manual: number }>(
    `select budget_day as day, count(*)::int as logged, (count(*) filter (where is_manual))::int as manual
       from api_calls group by budget_day order by budget_day`,
  )

/** The connection's counters as they stand. */
export const counters = async (world: CheckWorld) =>
  (
    await world.query<{ day: string; used: number; manual: number }>(
      'select budget_day as day, calls_used as used, calls_manual as manual from connections',
    )
  )[0]!

/** Calls that hold a slot: open, and their lease has not run out. */
export const openNow = async (world: CheckWorld): Promise<number> =>
  (
    await world.query<{ open: number }>(
      'select count(*)::int as open from api_calls where closed_at is null and lease_until > $1',
      [world.clock.now()],
    )
  )[0]!.open
