import { freshness as freshnessSchema, isTerminal, trackingStatuses } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FreshnessColumns, type FreshnessFacts, freshnessOf, freshnessOfRow } from './freshness.ts'

const minuteMs = 60_000
const at = (time: string): Date => new Date(`2026-01-23T${time}:00Z`)
const ttl = { cacheTtlMs: 24 * 60 * minuteMs }

const checked: FreshnessFacts = {
  status: 'in_transit',
  checkedAt: at('10:00'),
  changedAt: at('08:00'),
  nextCheckAt: at('12:00'),
  source: 'scheduled',
  lastCheckFailed: false,
  dueWasMoved: false,
  wasWoken: false,
  numberUnknown: false,
  trouble: null,
}
const seen = (facts: Partial<FreshnessFacts>, now: Date) => freshnessOf({ ...checked, ...facts }, { now, ...ttl })

describe('freshness', () => {
  test('tells when the courier was asked, when something changed and when it is asked again', () => {
    expect(seen({}, at('11:00'))).toEqual({
      state: 'fresh',
      checkedAt: '2026-01-23T10:00:00.000Z',
      changedAt: '2026-01-23T08:00:00.000Z',
      nextCheckAt: '2026-01-23T12:00:00.000Z',
      source: 'scheduled',
      reason: null,
    })
  })

  test('a parcel is fresh until its check is a tenth of the interval late', () => {
    expect(seen({}, at('12:12')).state).toBe('fresh')
    expect(seen({}, new Date(at('12:12').getTime() + 1)).state).toBe('stale')
  })

  test('however short the interval, a check may be a minute late', () => {
    const soon = { checkedAt: at('11:59'), nextCheckAt: at('12:00') }
    expect(seen(soon, at('12:01')).state).toBe('fresh')
    expect(seen(soon, new Date(at('12:01').getTime() + 1)).state).toBe('stale')
  })

  test('a late parcel is stale until a day after the last answer, then expired', () => {
    const nextDay = new Date(at('10:00').getTime() + ttl.cacheTtlMs)
    expect(seen({}, nextDay).state).toBe('stale')
    expect(seen({}, new Date(nextDay.getTime() + 1)).state).toBe('expired')
  })

  test('an answer older than a day is expired, wherever its due time was moved to', () => {
    const nextWeek = { nextCheckAt: new Date('2026-02-01') }
    expect(seen(nextWeek, new Date('2026-01-25')).state).toBe('expired')
    expect(seen({ ...nextWeek, trouble: 'paced' }, new Date('2026-01-25')).reason).toBe('paced')
  })

  test('a due time that was moved without an answer is late after a minute, however long ago the last answer was', () => {
    const moved = { dueWasMoved: true, nextCheckAt: at('22:00') }
    expect(seen(moved, at('22:01')).state).toBe('fresh')
    expect(seen(moved, at('22:02')).state).toBe('stale')
    expect(seen({ ...moved, dueWasMoved: false }, at('22:02')).state).toBe('fresh')
  })

  test('a parcel no one has asked about that was woken is expired until someone does', () => {
    const woken = { checkedAt: null, source: null, nextCheckAt: at('12:00'), dueWasMoved: true, wasWoken: true }
    expect(seen(woken, at('12:00')).state).toBe('expired')
  })

  test('a parcel at the end of its life is final, however long ago, and gives no reason', () => {
    const ended = seen({ status: 'delivered', trouble: 'upstream_down', numberUnknown: true }, new Date('2027-01-01'))
    expect(ended).toMatchObject({ state: 'final', reason: null })
  })

  test('a newly registered parcel is stale, not fresh, until its first check is late', () => {
    const registered = { checkedAt: null, source: null, nextCheckAt: at('12:00') }
    expect(seen(registered, at('11:59'))).toMatchObject({ state: 'stale', checkedAt: null, reason: null })
    expect(seen(registered, at('12:01')).state).toBe('stale')
    expect(seen(registered, at('12:02')).state).toBe('expired')
  })

  test.each(['upstream_down', 'budget_spent', 'paced', 'not_authorised'] as const)(
    'a late parcel says why: %s; one that is on time does not',
    (trouble) => {
      expect(seen({ trouble }, at('13:00')).reason).toBe(trouble)
      expect(seen({ trouble }, at('11:00')).reason).toBeNull()
    },
  )

  test('a parcel that could not be asked about never looks like one without news, though its retry is near', () => {
    const retrying = { lastCheckFailed: true, nextCheckAt: at('12:15'), trouble: 'upstream_down' } as const
    expect(seen(retrying, at('12:10'))).toMatchObject({ state: 'stale', reason: 'upstream_down' })
  })

  test('a number EasyParcel does not know says so even when the check was on time', () => {
    expect(seen({ numberUnknown: true }, at('11:00'))).toMatchObject({ state: 'fresh', reason: 'number_unknown' })
  })

  test('what keeps us from asking is told before what the last answer said', () => {
    expect(seen({ numberUnknown: true, trouble: 'budget_spent' }, at('13:00')).reason).toBe('budget_spent')
  })

  test('a retry counts as a scheduled check', () => {
    expect(seen({ source: 'retry' }, at('11:00')).source).toBe('scheduled')
  })
})

const instants = fc.date({ min: new Date('2026-01-01'), max: new Date('2026-03-01'), noInvalidDate: true })
const anyFacts: fc.Arbitrary<FreshnessFacts> = fc.record({
  status: fc.constantFrom(...trackingStatuses),
  checkedAt: fc.option(instants),
  changedAt: instants,
  nextCheckAt: fc.option(instants),
  source: fc.constantFrom('scheduled', 'manual', 'webhook', 'retry', null),
  lastCheckFailed: fc.boolean(),
  dueWasMoved: fc.boolean(),
  wasWoken: fc.boolean(),
  numberUnknown: fc.boolean(),
  trouble: fc.constantFrom('upstream_down', 'budget_spent', 'paced', 'not_authorised', null),
})

describe('freshness, whatever the facts', () => {
  test('only gets worse while nothing happens', () => {
    const rank = { fresh: 0, stale: 1, expired: 2, final: 3 }
    fc.assert(
      fc.property(anyFacts, instants, instants, (facts, a, b) => {
        const [earlier, later] = a < b ? [a, b] : [b, a]
        const [then, now] = [freshnessOf(facts, { now: earlier, ...ttl }), freshnessOf(facts, { now: later, ...ttl })]
        expect(rank[now.state]).toBeGreaterThanOrEqual(rank[then.state])
      }),
    )
  })

  test('is final exactly for parcels at the end of their life, and lost ones that are asked about no more', () => {
    fc.assert(
      fc.property(anyFacts, instants, (facts, now) => {
        const isOver = isTerminal(facts.status) || (facts.status === 'exception' && facts.nextCheckAt === null)
        expect(freshnessOf(facts, { now, ...ttl }).state === 'final').toBe(isOver)
      }),
    )
  })

  test('is never fresh for a parcel no one has asked about, or whose last check failed', () => {
    fc.assert(
      fc.property(anyFacts, instants, (facts, now) => {
        if (facts.checkedAt && !facts.lastCheckFailed) return
        expect(freshnessOf(facts, { now, ...ttl }).state).not.toBe('fresh')
      }),
    )
  })

  test('gives no excuse while on time, but always the known reason when expired', () => {
    fc.assert(
      fc.property(anyFacts, instants, (facts, now) => {
        const { state, reason } = freshnessOf(facts, { now, ...ttl })
        if (state === 'fresh') expect([null, 'number_unknown']).toContain(reason)
        if (state === 'expired' && facts.trouble) expect(reason).toBe(facts.trouble)
      }),
    )
  })

  test('is never fresh or stale for an answer older than its limit', () => {
    fc.assert(
      fc.property(anyFacts, instants, (facts, now) => {
        if (!facts.checkedAt || now.getTime() <= facts.checkedAt.getTime() + ttl.cacheTtlMs) return
        expect(['expired', 'final']).toContain(freshnessOf(facts, { now, ...ttl }).state)
      }),
    )
  })

  test('has the shape that the contract promises', () => {
    fc.assert(
      fc.property(anyFacts, instants, (facts, now) => {
        expect(freshnessSchema.safeParse(freshnessOf(facts, { now, ...ttl })).success).toBe(true)
      }),
    )
  })
})

const aRow: FreshnessColumns = {
  status: 'in_transit',
  checkedAt: at('10:00'),
  checkedBy: 'scheduled',
  changedAt: at('08:00'),
  confirmedAt: at('08:00'),
  nextCheckAt: at('12:00'),
  lastCheckFailed: true,
  isBeingAsked: false,
  wokenAt: null,
  ownReason: null,
}
const seenOf = (changed: Partial<FreshnessColumns>) =>
  freshnessOfRow({ ...aRow, ...changed }, { trouble: null, now: at('11:00'), cacheTtlMs: 24 * 3_600_000 })

test('a parcel that EasyParcel no longer finds is not fresh, and says that its number is unknown', () => {
  expect(seenOf({ ownReason: 'number_unknown' })).toMatchObject({ state: 'stale', reason: 'number_unknown' })
})

test('a parcel whose number makes EasyParcel fail says that EasyParcel does not answer, though it answers about others', () => {
  expect(seenOf({ ownReason: 'upstream_down' })).toMatchObject({ state: 'stale', reason: 'upstream_down' })
})
