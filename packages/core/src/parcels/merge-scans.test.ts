import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoredScan } from './merge-scans.ts'
import { type Merged, mergeAnswer, mergeScans } from './merge-scans.ts'
import { readStoredScans, writeScans } from './stored-scans.ts'
import { answeredAt, anyStoredScans, told } from './testing/stored.ts'
import { toEvents } from './to-events.ts'

const roomy = 1000

/** Scans without the news of what was taken back: then the cut is a matter of the scans alone. */
const anyStanding = anyStoredScans.map((scans) => scans.map(({ wholeAt, ...scan }) => scan))
const eventsMax = fc.integer({ min: 1, max: 14 })

describe('merging what answers told', () => {
  test('it does not matter which of two reports arrives first', () => {
    fc.assert(
      fc.property(anyStoredScans, anyStoredScans, (a, b) => {
        expect(mergeScans(a, { b, eventsMax: roomy })).toEqual(mergeScans(b, { b: a, eventsMax: roomy }))
      }),
    )
  })

  test('it does not matter how reports are grouped', () => {
    fc.assert(
      fc.property(anyStoredScans, anyStoredScans, anyStoredScans, (a, b, c) => {
        const left = mergeScans(mergeScans(a, { b, eventsMax: roomy }), { b: c, eventsMax: roomy })
        expect(left).toEqual(mergeScans(a, { b: mergeScans(b, { b: c, eventsMax: roomy }), eventsMax: roomy }))
      }),
    )
  })

  test('a report that arrives twice changes nothing', () => {
    fc.assert(
      fc.property(anyStoredScans, anyStoredScans, (a, b) => {
        const once = mergeScans(a, { b, eventsMax: roomy })
        expect(mergeScans(once, { b, eventsMax: roomy })).toEqual(once)
        expect(mergeScans(once, { b: once, eventsMax: roomy })).toEqual(once)
      }),
    )
    fc.assert(
      fc.property(anyStanding, anyStanding, eventsMax, (a, b, max) => {
        const once = mergeScans(a, { b, eventsMax: max })
        expect(mergeScans(once, { b, eventsMax: max })).toEqual(once)
        expect(mergeScans(once, { b: once, eventsMax: max })).toEqual(once)
      }),
    )
  })

  test('any cut of the same scans into reports, in any order, gives the same row, even where old ones are left out', () => {
    const scansInOrder = anyStanding.chain((scans) =>
      fc.record({
        scans: fc.constant(scans),
        order: fc.shuffledSubarray(scans, { minLength: scans.length }),
        max: eventsMax,
      }),
    )
    fc.assert(
      fc.property(scansInOrder, ({ scans, order, max }) => {
        const piecewise = order.reduce<StoredScan[]>((row, scan) => mergeScans(row, { b: [scan], eventsMax: max }), [])
        expect(piecewise).toEqual(mergeScans(scans, { b: [], eventsMax: max }))
      }),
    )
  })

  test('whatever came last, an end and the first of each stage are never pushed out', () => {
    const life = [
      told('08:00', 'Parcel picked up', { code: 3 }),
      told('09:00', 'Out for delivery'),
      told('10:00', 'Delivered', { code: 5 }),
    ]
    const later = Array.from({ length: 60 }, (_, hour) =>
      told(new Date(Date.parse('2026-01-24T00:00:00Z') + hour * 3_600_000).toISOString(), `Arrived at hub ${hour}`),
    )
    const row = mergeScans(mergeScans(life, { b: [], eventsMax: 50 }), { b: later, eventsMax: 50 })
    expect(row).toEqual(mergeScans(mergeScans(later, { b: [], eventsMax: 50 }), { b: life, eventsMax: 50 }))
    expect(row).toEqual(expect.arrayContaining(life))
    expect(row.length).toBeLessThan(60)
  })

  test('what was stored before answers were noted is read with its connection as its source, and nothing is lost', () => {
    const { source, position, toldAt, ...said } = told('10:00', 'Delivered', { code: 5 })
    const before = JSON.stringify([{ ...said, status: 'returned', substatus: null }])
    const [scan] = readStoredScans(before, 'open')
    expect(scan).toEqual({ ...said, source: 'open', position: 0, toldAt: '' })
    expect(toEvents([scan!])).toMatchObject([{ status: 'delivered', text: 'Delivered' }])
    expect(readStoredScans(writeScans([scan!]), 'classic')).toEqual([scan])
  })

  test('the release before reads in a row what this one reads, without what the courier took back', () => {
    const scans = after(answer(1, collected, delivered, arrived), answer(2, collected, arrived))
    const ofOldRelease: { status: string; substatus: string | null }[] = JSON.parse(writeScans(scans))
    expect(ofOldRelease.map(({ status, substatus }) => [status, substatus])).toEqual([
      ['in_transit', 'arrived'],
      ['unknown', null],
      ['collected', 'picked_up'],
    ])
    expect(readStoredScans(writeScans(scans), 'open')).toEqual(scans)
  })
})

const answer = (hour: number, ...scans: StoredScan[]) => ({
  scans: scans.map(({ toldAt, ...scan }, position) => ({ ...scan, position })),
  isWhole: true,
  toldAt: answeredAt(hour),
})
const merging = { toldAgainAt: null, canNote: true, eventsMax: 50 }
const after = (...answers: ReturnType<typeof answer>[]) =>
  answers.reduce<Merged>(
    ({ scans, toldAgainAt }, one) => mergeAnswer(scans, { answer: one, ...merging, toldAgainAt }),
    {
      scans: [],
      toldAgainAt: null,
    },
  ).scans
const seen = (...answers: ReturnType<typeof answer>[]) =>
  toEvents(after(...answers)).map(({ text, gone }) => (gone ? `${text} (gone)` : text))

const collected = told('08:00', 'Parcel picked up', { code: 3 })
const delivered = told('10:00', 'Delivered', { code: 5 })
const arrived = told('12:00', 'Arrived at hub')

describe('a scan the courier takes back', () => {
  test('is kept and marked once a whole log no longer has it, and comes back when it is told again', () => {
    expect(seen(answer(1, collected, delivered), answer(2, collected))).toEqual([
      'Delivered (gone)',
      'Parcel picked up',
    ])
    expect(seen(answer(1, collected, delivered), answer(2, collected), answer(3, collected, delivered))).toEqual([
      'Delivered',
      'Parcel picked up',
    ])
  })

  test('nothing is taken back by an answer that is no whole log, is empty, or begins later', () => {
    const before = answer(1, collected, delivered, arrived)
    for (const partial of [
      { ...answer(2, collected), isWhole: false },
      { ...answer(2), isWhole: true },
      answer(2, arrived),
      { ...answer(2, { ...collected, source: 'webhook' }) },
    ])
      expect(seen(before, partial)).toEqual(['Arrived at hub', 'Delivered', 'Parcel picked up'])
  })

  test('an older answer that comes late does not bring it back', () => {
    const row = after(answer(2, collected), answer(1, collected, delivered))
    expect(toEvents(row).map(({ gone }) => gone)).toEqual([true, undefined])
    expect(row).toEqual(after(answer(1, collected, delivered), answer(2, collected)))
  })

  test('whatever the order of whole logs, the newest decides what stands', () => {
    const log = fc.subarray([collected, delivered, arrived, told('13:00', 'Out for delivery')], { minLength: 1 })
    const answers = fc
      .array(log, { minLength: 1, maxLength: 4 })
      .map((logs) => logs.map((scans, n) => answer(n, ...scans)))
    const shuffled = answers.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    )
    fc.assert(
      fc.property(shuffled, ([inOrder, anyOrder]) => {
        const [one, other] = [after(...inOrder), after(...anyOrder)]
        expect(toEvents(other).map(({ text, gone }) => [text, gone])).toEqual(
          toEvents(one).map(({ text, gone }) => [text, gone]),
        )
      }),
    )
  })

  test('an answer that tells the same as the one before leaves the row as it is, whole or not', () => {
    const [whole, part] = [answer(1, collected, delivered), { ...answer(1, collected), isWhole: false }]
    for (const first of [whole, part]) {
      const row = after(first)
      const again = { ...first, toldAt: answeredAt(2) }
      expect(mergeAnswer(row, { answer: again, ...merging }).scans).toBe(row)
      expect(mergeAnswer(row, { answer: again, ...merging }).toldAgainAt).toEqual(new Date(answeredAt(2)))
      expect(mergeAnswer(row, { answer: answer(3), ...merging }).scans).toBe(row)
    }
  })

  test('a late answer takes nothing back for an answer that was not whole, and a delivery that it tells stands', () => {
    const [first, late] = [answer(1, collected), answer(2, collected, delivered)]
    for (const partial of [{ ...answer(3, collected), isWhole: false }, answer(3)])
      for (const order of [
        [first, late, partial],
        [first, partial, late],
      ])
        expect(seen(...order)).toEqual(['Delivered', 'Parcel picked up'])
  })

  test('whatever the order of up to five answers, some of them not whole or told again, the same scans stand', () => {
    const log = fc.subarray([collected, delivered, arrived, told('13:00', 'Out for delivery')])
    const one = fc.record({ log, isWhole: fc.boolean(), repeats: fc.boolean() })
    const answers = fc.array(one, { minLength: 2, maxLength: 5 }).map((all) => {
      const kinds = all.map((kind, n) => (kind.repeats ? all[Math.max(0, n - 1)]! : kind))
      return kinds.map(({ log, isWhole }, n) => ({ ...answer(n, ...log), isWhole: isWhole && log.length > 0 }))
    })
    const shuffled = answers.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    )
    fc.assert(
      fc.property(shuffled, ([inOrder, anyOrder]) => {
        expect(seen(...anyOrder)).toEqual(seen(...inOrder))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the same scan told again slightly differently', () => {
  test.each([
    ['a full stop was added', { text: 'Arrived at hub.' }],
    ['its seconds were dropped', { rawAt: '2026-01-23 12:00' }],
    ['its letters changed', { text: 'ARRIVED  AT HUB' }],
    ['its code was corrected', { code: 8 }],
    ['its instant is written otherwise', { at: '2026-01-23T12:00:00.250Z', rawAt: '2026-01-23T12:00:00.250Z' }],
  ])('is one event as told last where %s', (_why, change) => {
    const later = { ...arrived, ...change }
    for (const order of [
      [answer(1, collected, arrived), answer(2, collected, later)],
      [answer(2, collected, later), answer(1, collected, arrived)],
    ]) {
      const [event, ...others] = toEvents(after(...order))
      expect(event).toMatchObject({ text: later.text, code: later.code, rawAt: later.rawAt })
      expect(event?.gone).toBeUndefined()
      expect(others).toHaveLength(1)
    }
  })

  test('it keeps the code, the place and the certain zone that a later telling leaves out', () => {
    const known = { ...arrived, code: 4, location: 'Nilai' }
    const bare = { ...arrived, code: null, location: null, zoneGuessed: true, rawAt: '23/01/2026 20:00:00' }
    expect(toEvents(after(answer(1, known), answer(2, bare)))).toMatchObject([
      { code: 4, location: 'Nilai', zoneGuessed: false, rawAt: bare.rawAt },
    ])
  })

  test('two really different scans of one minute stay two', () => {
    const [first, second] = [told('12:00:05', 'Arrived at hub'), told('12:00:40', 'Arrived at hub')]
    expect(toEvents(after(answer(1, first, second)))).toHaveLength(2)
    expect(toEvents(after(answer(1, first), answer(2, first, second)))).toHaveLength(2)
    expect(toEvents(after(answer(1, { ...arrived, code: 8 }, arrived)))).toHaveLength(2)
    expect(
      toEvents(after(answer(1, told('12:00', 'Arrived at hub'), told('12:00', 'Departed from hub')))),
    ).toHaveLength(2)
  })

  test('its instant is the one that was read first, whatever a later reading says', () => {
    const local = { ...arrived, at: '2026-01-23T04:00:00Z', zoneGuessed: true }
    expect(after(answer(1, local), answer(2, arrived, collected))).toContainEqual(
      expect.objectContaining({ at: local.at, zoneGuessed: true, text: arrived.text }),
    )
  })
})

test('of two scans of one instant the one further on in the newest answer is the newer, and comes first', () => {
  const [hold, release] = [told('12:00', 'On hold by customs', { code: 8 }), told('12:00', 'Released by customs')]
  expect(seen(answer(1, hold, release))).toEqual(['Released by customs', 'On hold by customs'])
  expect(seen(answer(1, release, hold))).toEqual(['On hold by customs', 'Released by customs'])
  expect(seen(answer(1, release, hold), answer(2, hold, release))).toEqual([
    'Released by customs',
    'On hold by customs',
  ])
})

test('a row whose log the courier words differently every time stays bounded, and shows the newest wording', () => {
  const log = (version: number) =>
    Array.from({ length: 50 }, (_, n) =>
      told(`${String(n % 24).padStart(2, '0')}:${String(n).padStart(2, '0')}`, `Scan ${n}, wording ${version}`),
    )
  const row = after(...Array.from({ length: 12 }, (_, version) => answer(version, ...log(version))))
  const standing = toEvents(row).filter(({ gone }) => !gone)
  expect(row.length).toBeLessThan(150)
  expect(standing.filter(({ text }) => text.endsWith('wording 11')).length).toBeGreaterThan(45)
})
