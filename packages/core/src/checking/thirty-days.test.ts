import { isTerminal } from '@jejak/contract'
import { expect, test } from 'vitest'
import { meaningOf } from '../easyparcel/reading/meaning.ts'
import { daytimeAge, expectedWait, mayDay, morningOf } from './testing/cadence-oracle.ts'
import { createRandom, stayingLife, writeLife } from './testing/parcel-lives.ts'
import { testSettings } from './testing/settings.ts'
import { createSimulation, type SimulatedParcel } from './testing/simulate-checking.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
// Checking 20,000 parcels for 30 days takes a minute of computing; the suite looks at the first five (docs/checking.md).
const crowdDays = Number(process.env.SIMULATED_DAYS ?? 5)

const dayOf = (now: number) => Math.floor((now - mayDay) / day)
const addTo = (counts: number[], now: number) => {
  counts[dayOf(now)] = (counts[dayOf(now)] ?? 0) + 1
}
const report = (figures: Record<string, unknown>) => console.info(JSON.stringify(figures))
const rounded = (value: number) => Math.round(value * 10) / 10

test('400 parcels of every kind: each check comes at its cadence, each end is confirmed twice, and every parcel gets there', () => {
  const random = createRandom(7)
  const rules = new Map<string, number>()
  const problems: string[] = []
  const late = { urgent: 0, other: 0 }
  const finished = new Set<SimulatedParcel>()
  const confirmations = new Map<SimulatedParcel, number>()
  let calls = 0
  let checks = 0

  const simulation = createSimulation({
    settings: testSettings,
    from: mayDay,
    until: mayDay + 50 * day,
    random,
    callFaults: 0.03,
    itemFaults: 0.01,
    onCall: () => calls++,
    onCheck: ({ parcel, before, now, dueAt, askedAt, wasDue, priority }, plan) => {
      checks++
      const { nextDueAt, consecutiveFailures } = plan.schedule!
      const waited = nextDueAt === null ? null : (nextDueAt.getTime() - now) / minute
      const note = (problem: string) =>
        problems.push(`${before.id} ${before.status} ${new Date(now).toISOString()}: ${problem}`)
      if (finished.has(parcel)) note('checked after its confirmation')
      if (!wasDue && now - askedAt < 15 * minute) note('filled a seat too soon')
      if (!wasDue && priority === 110) note('confirmed early to fill a seat')
      if (wasDue) {
        const kind = priority <= 70 ? 'urgent' : 'other'
        late[kind] = Math.max(late[kind], (now - dueAt) / minute)
      }
      if (nextDueAt === null) finished.add(parcel)
      if (priority === 110 && consecutiveFailures === 0) confirmations.set(parcel, (confirmations.get(parcel) ?? 0) + 1)
      if (consecutiveFailures > 0) {
        rules.set('unreadable', (rules.get('unreadable') ?? 0) + 1)
        if (waited !== [1, 5, 15, 30][consecutiveFailures - 1]) note(`retried after ${waited}`)
        return
      }
      const expected = expectedWait(plan, now, before.registeredAt, before.estimatedDelivery)
      for (const rule of expected.rules) rules.set(rule, (rules.get(rule) ?? 0) + 1)
      if ((waited === null) !== (expected.minutes === null)) note(`due in ${waited}, expected ${expected.minutes}`)
      if (waited === null || expected.minutes === null) return
      const ratio = waited / expected.minutes
      if (ratio < 0.899 || ratio > 1.101) note(`due in ${waited}, expected ${expected.minutes}`)
    },
    onFailedCheck: ({ parcel, now, before }) => {
      rules.set('failed call', (rules.get('failed call') ?? 0) + 1)
      const waited = (parcel.dueAt! - now) / minute
      if (![1, 5, 15, 30, 60].includes(waited)) problems.push(`${before.id}: retried ${waited} after a failed call`)
    },
  })
  for (let id = 0; id < 400; id++)
    simulation.register(writeLife(mayDay + Math.floor(random() * 10 * day), random), String(id))
  simulation.run()

  const ends = new Map<string, number>()
  for (const { state, life, dueAt } of simulation.parcels) {
    const scan = life.scans.at(-1)
    const last = scan ? meaningOf(scan).status : 'lapsed'
    expect(state.status).toBe(last === 'in_transit' ? 'lapsed' : last)
    expect(dueAt).toBeNull()
    ends.set(state.status, (ends.get(state.status) ?? 0) + 1)
  }
  report({
    parcels: 400,
    checks,
    calls,
    lateMinutes: late,
    ends: Object.fromEntries(ends),
    rules: Object.fromEntries(rules),
  })
  expect(problems.slice(0, 10)).toEqual([])
  expect([...new Set(confirmations.values())]).toEqual([2])
  expect(confirmations.size).toBe(
    ['delivered', 'returned', 'cancelled'].reduce((sum, end) => sum + (ends.get(end) ?? 0), 0),
  )
  expect(late.urgent).toBeLessThan(3)
  expect(late.other).toBeLessThan(7)
  const everyRule = ['ladder', 'weekend', 'holiday', 'night', 'delivery day', 'confirmed', 'unreadable', 'failed call']
  const everyStatus = [
    'pending',
    'info_received',
    'collected',
    'in_transit',
    'out_for_delivery',
    'ready_for_pickup',
    'attempt_failed',
    'on_hold',
    'exception',
    'delivered',
    'returning',
    'returned',
    'cancelled',
    'lapsed',
    'unknown',
  ]
  expect([...everyRule, ...everyStatus].filter((rule) => !rules.has(rule))).toEqual([])
}, 60_000)

test('a shop with 100 parcels in transit needs at most 30 calls a day, for 30 days', () => {
  const callsOf: number[] = []
  const until = mayDay + 30 * day
  const simulation = createSimulation({
    settings: testSettings,
    from: mayDay,
    until,
    random: createRandom(3),
    onCall: ({ now }) => addTo(callsOf, now),
  })
  for (let id = 0; id < 100; id++) simulation.register(stayingLife('in_transit', mayDay, until), String(id))
  simulation.run()
  report({ parcels: 100, callsOfADay: callsOf })
  expect(callsOf).toHaveLength(30)
  expect(Math.max(...callsOf)).toBeLessThanOrEqual(30)
}, 60_000)

test('20,000 active parcels on 1,000 calls a day: spent to plan, no one left in the dark, out for delivery within 2 hours', () => {
  const random = createRandom(1)
  const spent: number[] = []
  const longestHours: Record<string, number> = {}
  let outUnchecked = 0
  let checks = 0
  let nextId = 20_000
  const until = mayDay + crowdDays * day
  const seeGap = (status: string, askedAt: number, registeredAt: Date, now: number) => {
    const since = Math.max(askedAt, registeredAt.getTime())
    longestHours[status] = Math.max(longestHours[status] ?? 0, (now - since) / hour)
    if (status === 'out_for_delivery') outUnchecked = Math.max(outUnchecked, daytimeAge(since, now))
  }
  const simulation = createSimulation({
    settings: testSettings,
    from: mayDay,
    until,
    random,
    onCall: ({ now }) => addTo(spent, now),
    onCheck: ({ before, now, askedAt }, { statusChanged, endedAt }) => {
      if (now < mayDay) return
      checks++
      if (!isTerminal(before.status)) seeGap(before.status, askedAt, before.registeredAt, now)
      if (statusChanged && endedAt) simulation.register(writeLife(now, random), String(nextId++))
    },
  })
  for (let id = 0; id < 20_000; id++)
    simulation.adopt(writeLife(mayDay - random() * 6 * day, random), String(id), mayDay - random() * 2 * hour)
  simulation.run()
  for (const { state, askedAt, dueAt } of simulation.parcels)
    if (dueAt !== null && !isTerminal(state.status)) seeGap(state.status, askedAt, state.registeredAt, until)

  const hours = Object.fromEntries(Object.entries(longestHours).map(([status, gap]) => [status, rounded(gap)]))
  report({
    parcels: 20_000,
    days: crowdDays,
    checks,
    spent,
    outForDeliveryUncheckedMinutes: rounded(outUnchecked),
    longestHours: hours,
  })
  expect(spent).toHaveLength(crowdDays)
  for (const calls of spent) expect(Math.abs(calls - 900)).toBeLessThanOrEqual(45)
  expect(outUnchecked).toBeLessThanOrEqual(120)
  expect(Math.max(...Object.values(longestHours))).toBeLessThanOrEqual(48)
}, 300_000)

test('a tenth of that crowd and budget, with one parcel in ten out for delivery day and night: they come first, but no one starves', () => {
  const crowd = {
    out_for_delivery: 200,
    attempt_failed: 50,
    ready_for_pickup: 50,
    pending: 200,
    in_transit: 1500,
  } as const
  const longestHours: Record<string, number> = {}
  let outUnchecked = 0
  const until = mayDay + 10 * day
  const simulation = createSimulation({
    settings: { ...testSettings, dailyBudget: 100 },
    from: mayDay,
    until,
    random: createRandom(5),
    onCheck: ({ before: { status }, now, askedAt }) => {
      if (askedAt < mayDay) return
      longestHours[status] = Math.max(longestHours[status] ?? 0, (now - askedAt) / hour)
      if (status === 'out_for_delivery')
        outUnchecked = Math.max(outUnchecked, daytimeAge(Math.max(askedAt, morningOf(now)), now))
    },
  })
  let id = 0
  for (const [status, count] of Object.entries(crowd) as [keyof typeof crowd, number][])
    for (let parcel = 0; parcel < count; parcel++)
      simulation.adopt(stayingLife(status, mayDay - day, until), String(id++), mayDay - (id % 120) * minute)
  simulation.run()
  for (const { state, askedAt } of simulation.parcels)
    longestHours[state.status] = Math.max(longestHours[state.status] ?? 0, (until - askedAt) / hour)
  const hours = Object.fromEntries(Object.entries(longestHours).map(([status, gap]) => [status, rounded(gap)]))
  report({ crowd, callsOfADay: 90, outForDeliveryUncheckedMinutes: rounded(outUnchecked), longestHours: hours })
  expect(outUnchecked).toBeLessThanOrEqual(120)
  expect(Math.max(...Object.values(longestHours))).toBeLessThanOrEqual(72)
}, 60_000)
