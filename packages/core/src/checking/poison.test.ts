import type { TrackingStatus } from '@jejak/contract'
import { expect, test, vi } from 'vitest'
import type { CallOutcome } from './gate/closed-call.ts'
import { isCulprit } from './gate/suspicion.ts'
import { mayDay } from './testing/cadence-oracle.ts'
import { createRandom, stayingLife } from './testing/parcel-lives.ts'
import { testSettings } from './testing/settings.ts'
import { type CallSeen, createSimulation, type SimulatedParcel } from './testing/simulate-checking.ts'

// Long at work, and waiting for nothing.
vi.setConfig({ testTimeout: 120_000 })

const minute = 60_000
const hour = 60 * minute
const from = mayDay + 8 * hour
const statuses: TrackingStatus[] = ['in_transit', 'in_transit', 'out_for_delivery', 'pending', 'on_hold']

type World = {
  good: number
  bad: number
  hours: number
  as?: CallOutcome
  outage?: readonly [number, number]
  /** The good ones' gaps count from here on. */
  settledAfterHours?: number
  start?: number
}

/** A shop whose bad numbers make every call fail that asks about them. */
const simulate = ({ good, bad, hours, as = 'server', outage, settledAfterHours = 0, start = from }: World) => {
  const until = start + hours * hour
  const planned = new Map<SimulatedParcel, number>()
  const failures = new Map<SimulatedParcel, number>()
  const seen = { calls: [] as CallSeen[], longest: 0, strikes: 0, failures }
  const isBad = ({ state }: SimulatedParcel) => state.id.startsWith('bad')
  const seeGap = (parcel: SimulatedParcel, askedAt: number, now: number) => {
    const wait = planned.get(parcel) ?? 60 * minute
    const since = Math.max(askedAt, parcel.state.registeredAt.getTime())
    const settled = start + settledAfterHours * hour
    if (now > settled) seen.longest = Math.max(seen.longest, (now - Math.max(since, settled)) / wait)
  }
  const simulation = createSimulation({
    settings: testSettings,
    from: start,
    until,
    random: createRandom(11),
    fails: (asked, now) => {
      if (outage && now >= start + outage[0] * hour && now < start + outage[1] * hour) return 'network'
      return asked.some(isBad) ? as : undefined
    },
    onCall: (call) => seen.calls.push(call),
    onCheck: ({ parcel, askedAt, now }, { schedule }) => {
      seeGap(parcel, askedAt, now)
      planned.set(parcel, Math.max(schedule!.nextDueAt!.getTime() - now, 0))
    },
    onFailedCheck: ({ parcel }) => {
      failures.set(parcel, (failures.get(parcel) ?? 0) + 1)
      seen.strikes = Math.max(seen.strikes, parcel.state.strikes)
    },
  })
  const random = createRandom(12)
  const names = [
    ...Array.from({ length: good }, (_, at) => `good ${at}`),
    ...Array.from({ length: bad }, (_, at) => `bad ${at}`),
  ].toSorted(() => random() - 0.5)
  for (const [at, name] of names.entries())
    simulation.register(stayingLife(statuses[at % statuses.length]!, start, until), name)
  simulation.run()
  for (const parcel of simulation.parcels) if (!isBad(parcel)) seeGap(parcel, parcel.askedAt, until)
  return { ...seen, isBad, parcels: simulation.parcels }
}

const report = (figures: Record<string, unknown>) => console.info(JSON.stringify(figures))

test.each(['server', 'timeout', 'malformed', 'network', 'rejected'] as const)(
  'one number that makes EasyParcel fail (%s) among 200: no other waits more than twice its cadence, nor is in more than three failed calls',
  (as) => {
    const { longest, calls, failures, parcels, isBad } = simulate({ good: 200, bad: 1, hours: 72, as })
    const failed = calls.filter(({ outcome }) => outcome !== 'ok').length
    const innocent = Math.max(0, ...[...failures].flatMap(([parcel, times]) => (isBad(parcel) ? [] : [times])))
    report({ as, longest, calls: calls.length, failed, innocent })
    expect(longest).toBeLessThanOrEqual(2)
    expect(innocent).toBeLessThanOrEqual(3)
    expect(parcels.find(isBad)!.state).toMatchObject({ strikes: 8, attentionReason: 'upstream_fails_on_it' })
    expect(failed).toBeLessThan(12)
  },
)

test.each([
  ['server', 8],
  ['server', 0],
  ['timeout', 13],
  ['rejected', 8],
] as const)(
  '300 numbers that make EasyParcel fail (%s) and 200 good ones: settled within 24 hours from %i:00, then the bad ones cost 15 % of the budget',
  (as, startHour) => {
    const start = mayDay + startHour * hour
    const settledAfterHours = 24
    const { longest, calls, parcels, isBad } = simulate({
      good: 200,
      bad: 300,
      hours: 96,
      as,
      settledAfterHours,
      start,
    })
    const settledAt = start + settledAfterHours * hour
    const forBad = [1, 2, 3].map((day) => {
      const dayFrom = start + day * 24 * hour
      return calls.filter(({ now, asked }) => asked.some(isBad) && now >= dayFrom && now < dayFrom + 24 * hour).length
    })
    const ofFirstDay = calls.filter(({ now }) => now < settledAt)
    report({
      as,
      startHour,
      longest,
      forBad,
      settling: ofFirstDay.length,
      failedAlone: parcels.filter(({ state }) => state.strikes >= 4).length,
      culprits: parcels.filter(({ state }) => isCulprit(state)).length,
    })
    expect(longest).toBeLessThanOrEqual(2)
    for (const day of forBad) expect(day).toBeLessThanOrEqual(0.15 * testSettings.dailyBudget)
    expect(parcels.filter(isBad).every(({ state }) => state.strikes >= 4)).toBe(true)
  },
)

test('an outage of six hours splits nothing and costs few calls', () => {
  const { strikes, calls } = simulate({ good: 200, bad: 0, hours: 24, outage: [4, 10] })
  const failed = calls.filter(({ outcome }) => outcome !== 'ok').length
  report({ strikes, failed })
  expect(strikes).toBe(1)
  expect(failed).toBeLessThan(40)
})

test('an outage while suspects are on trial makes culprits of a handful at most', () => {
  const { parcels, isBad } = simulate({ good: 200, bad: 20, hours: 12, outage: [0.3, 6.3] })
  const punished = parcels.filter((parcel) => !isBad(parcel) && isCulprit(parcel.state))
  report({ punished: punished.length })
  expect(punished.length).toBeLessThanOrEqual(5)
})

test('a shop whose only parcel makes EasyParcel fail asks about it a few times a day, and no more once it has lapsed', () => {
  const { calls, parcels } = simulate({ good: 0, bad: 1, hours: 24 * 32 })
  report({ calls: calls.length })
  expect(calls.length).toBeLessThan(32 * 8)
  expect(parcels[0]!).toMatchObject({ dueAt: null, state: { status: 'lapsed' } })
})

test('six small shops: however few parcels there are, the good ones keep their cadence beside the bad ones', () => {
  for (const [good, bad] of [
    [1, 1],
    [3, 1],
    [5, 5],
    [10, 1],
    [20, 20],
    [49, 1],
  ] as const) {
    const { longest, parcels, isBad } = simulate({ good, bad, hours: 72, settledAfterHours: 24 })
    expect(longest).toBeLessThanOrEqual(2)
    expect(parcels.filter(({ state }) => isCulprit(state)).every(isBad)).toBe(true)
  }
})

test.each([
  [0.1, 24],
  [0.2, 24],
  [0.3, 24],
  [0.4, 3],
] as const)(
  'while %d of all calls fail by chance, %i hours a day: 200 good parcels are asked on, and none is taken for the cause',
  (share, hoursADay) => {
    const until = from + 72 * hour
    const chance = createRandom(3)
    const culprits = new Set<string>()
    const simulation = createSimulation({
      settings: testSettings,
      from,
      until,
      random: createRandom(5),
      fails: (_, now) => ((now - from) % (24 * hour) < hoursADay * hour && chance() < share ? 'timeout' : undefined),
      onFailedCheck: ({ parcel: { state } }) => isCulprit(state) && culprits.add(state.id),
    })
    for (let at = 0; at < 200; at++)
      simulation.register(stayingLife(statuses[at % statuses.length]!, from, until), `good ${at}`)
    simulation.run()
    const dark = simulation.parcels.filter(({ askedAt }) => until - askedAt > 12 * hour)
    report({ share, hoursADay, culprits: culprits.size, dark: dark.length })
    expect(culprits.size).toBeLessThanOrEqual(1)
    // 5 % at the worst.
    expect(dark.length).toBeLessThanOrEqual(10)
  },
)

test('an outage of 33 days makes none of 20 parcels lapse', () => {
  const { parcels } = simulate({ good: 20, bad: 0, hours: 33 * 24, outage: [1, 33 * 24] })
  expect(parcels.filter(({ state, dueAt }) => state.status === 'lapsed' || dueAt === null || isCulprit(state))).toEqual(
    [],
  )
})
