import type { TrackingStatus } from '@jejak/contract'
import { findBrokenRules, listDueConnections } from '@jejak/db'
import { expect, test } from 'vitest'
import type { EasyParcelClient } from '../easyparcel/index.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/index.ts'
import { checkDue } from './call/check-due.ts'
import { paceAllowance } from './gate/pace.ts'
import { priorities } from './schedule/priority.ts'
import { expectedWait, mayDay } from './testing/cadence-oracle.ts'
import { counters } from './testing/openers.ts'
import { createRandom, createTeller, type ParcelLife, writeLife } from './testing/parcel-lives.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const never = new AbortController().signal

type Checked = {
  id: string
  trackingNumber: string
  status: TrackingStatus
  events: unknown[]
  confirmedAt: Date | null
  endedAt: Date | null
  registeredAt: Date
  expectedDay: string | null
  checkedAt: Date
  dueAt: Date | null
}

const checkedSince = (world: CheckWorld, since: Date) =>
  world.query<Checked>(
    `select t.id, tracking_number as "trackingNumber", status, events::jsonb as events, confirmed_at as "confirmedAt", ended_at as "endedAt",
            registered_at as "registeredAt", estimated_delivery as "expectedDay", checked_at as "checkedAt", next_update_due as "dueAt"
       from tracking_cache t join tracking_schedule s on s.tracking_id = t.id where s.checked_at > $1`,
    [since],
  )

const moveTo = ({ clock }: CheckWorld, at: number) => clock.advance(at - clock.now().getTime())

/** Registers each parcel when its life begins, some of them only in the course of the day. */
const registering = (world: CheckWorld, lives: ReadonlyMap<string, ParcelLife>) => {
  const waiting = [...lives].toSorted(([, a], [, b]) => a.registeredAt - b.registeredAt)
  return async (until: number) => {
    while (waiting[0] && waiting[0][1].registeredAt <= until) {
      const [trackingNumber, life] = waiting.shift()!
      moveTo(world, life.registeredAt)
      await world.register([trackingNumber])
      if (life.expectedDay)
        await world.query('update tracking_cache set estimated_delivery = $2 where tracking_number = $1', [
          trackingNumber,
          life.expectedDay,
        ])
    }
    moveTo(world, Math.max(until, world.clock.now().getTime()))
  }
}

/** An EasyParcel that tells each parcel's scans once they have happened. */
const tellingEasyParcel = (lives: ReadonlyMap<string, ParcelLife>): EasyParcelClient => {
  const tellers = new Map([...lives].map(([trackingNumber, life]) => [trackingNumber, createTeller(life)]))
  return {
    trackMany: async (asked, { now }) => ({
      items: new Map(asked.map((trackingNumber) => [trackingNumber, tellers.get(trackingNumber)!(now.getTime())])),
      requestId: null,
      httpStatus: 200,
      unread: [],
    }),
  }
}

test('one day of 300 parcels on Postgres: each is checked at its cadence, none starves, no end is asked about after its confirmation', async () => {
  const random = createRandom(21)
  const lives = new Map(
    trackingNumbers(300).map((trackingNumber, place) => {
      const registeredAt = place < 240 ? mayDay - random() * 6 * day : mayDay + random() * 23 * hour
      return [trackingNumber, writeLife(Math.floor(registeredAt / 1000) * 1000, random)]
    }),
  )
  const world = await createCheckWorld({ startAt: new Date(mayDay - 6 * day).toISOString() })
  const easyparcel = tellingEasyParcel(lives)
  const deps = { ...world.process(), easyParcelOf: () => easyparcel }
  const registerUntil = registering(world, lives)
  const urgentOnly = [priorities.manual, priorities.urgent]
  const before = new Map<string, Checked>()
  const rules = new Set<string>()
  const problems: string[] = []
  const counts = { checks: 0, early: 0, confirmations: 0 }
  let latest = 0

  const see = (row: Checked) => {
    const note = (problem: string) =>
      problems.push(`${row.trackingNumber} ${row.status} ${row.checkedAt.toISOString()}: ${problem}`)
    const now = row.checkedAt.getTime()
    const known = before.get(row.id)
    before.set(row.id, row)
    counts.checks++
    if (known?.dueAt === null) note('was asked about after its confirmation')
    const dueAt = (known ? known.dueAt : row.registeredAt)?.getTime() ?? now
    if (known || row.registeredAt.getTime() > mayDay) latest = Math.max(latest, now - dueAt)
    if (dueAt > now) counts.early++
    if (known && now - known.checkedAt.getTime() < 15 * minute) note('filled a seat too soon')
    if (known?.endedAt && known.dueAt) counts.confirmations++
    const told = lives.get(row.trackingNumber)!.scans.filter(({ at }) => Date.parse(at) <= now).length
    if (row.events.length !== told) note(`has ${row.events.length} scans of ${told}`)
    const expected = expectedWait(row, now, row.registeredAt, row.expectedDay)
    for (const rule of expected.rules) rules.add(rule)
    const waits = row.dueAt === null ? null : (row.dueAt.getTime() - now) / minute
    if (waits === null || expected.minutes === null)
      return waits === expected.minutes || note(`due in ${waits}, expected ${expected.minutes}`)
    const ratio = waits / expected.minutes
    if (ratio < 0.899 || ratio > 1.101) note(`due in ${waits}, expected ${expected.minutes}`)
  }

  for (let tick = 0; tick < 24 * 60; tick++) {
    await registerUntil(mayDay + tick * minute)
    const now = world.clock.now()
    const classes = tick % 5 === 0 ? Object.values(priorities) : urgentOnly
    if ((await listDueConnections(world.db.sql, { now, priorities: classes })).length === 0) continue
    const seen = new Date(now.getTime() - 1)
    await checkDue(deps, { connectionId: world.installation.connectionId, signal: never })
    for (const row of await checkedSince(world, seen)) see(row)
    const { used } = await counters(world)
    expect(used).toBeLessThanOrEqual(paceAllowance(world.clock.now(), world.config.tracking))
  }

  const overdue = await world.query('select from tracking_schedule where next_update_due < $1', [
    new Date(world.clock.now().getTime() - 7 * minute),
  ])
  const broken = await findBrokenRules(world.db.sql, world.clock.now())
  const { used } = await counters(world)
  await world.close()
  console.info(
    JSON.stringify({ parcels: before.size, calls: used, ...counts, latestMinutes: latest / minute, rules: [...rules] }),
  )
  expect(problems.slice(0, 10)).toEqual([])
  expect(overdue).toEqual([])
  expect(broken).toEqual([])
  expect(latest).toBeLessThan(7 * minute)
  expect(before.size).toBe(300)
  expect(counts.confirmations).toBeGreaterThan(5)
  expect(used).toBeLessThanOrEqual(counts.checks / 10)
  const wanted = ['ladder', 'holiday', 'night', 'delivery day', 'in_transit', 'out_for_delivery', 'delivered']
  expect(wanted.filter((rule) => !rules.has(rule))).toEqual([])
}, 120_000)
