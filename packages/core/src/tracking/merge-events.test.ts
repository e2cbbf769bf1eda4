import type { TrackingEvent } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareEvents, mergeEvents } from './merge-events.ts'
import { anyScans, scan } from './testing/events.ts'

const eventsMax = fc.integer({ min: 1, max: 14 })

const shuffledChunks = (events: readonly TrackingEvent[]): fc.Arbitrary<TrackingEvent[][]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...events], { minLength: events.length }),
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 }),
    )
    .map(([shuffled, sizes]) => {
      const chunks: TrackingEvent[][] = []
      let from = 0
      for (const size of sizes) {
        chunks.push(shuffled.slice(from, from + size))
        from += size
      }
      return [...chunks, shuffled.slice(from)]
    })

describe('merging events', () => {
  test('it does not matter which of two reports arrives first', () => {
    fc.assert(
      fc.property(anyScans, anyScans, eventsMax, (a, b, max) => {
        expect(mergeEvents(a, b, max)).toEqual(mergeEvents(b, a, max))
      }),
    )
  })

  test('it does not matter how reports are grouped, even where old scans fall off the end', () => {
    fc.assert(
      fc.property(anyScans, anyScans, anyScans, eventsMax, (a, b, c, max) => {
        const left = mergeEvents(mergeEvents(a, b, max), c, max)
        expect(left).toEqual(mergeEvents(a, mergeEvents(b, c, max), max))
      }),
    )
  })

  test('a report that arrives twice changes nothing', () => {
    fc.assert(
      fc.property(anyScans, anyScans, eventsMax, (a, b, max) => {
        const once = mergeEvents(a, b, max)
        expect(mergeEvents(once, b, max)).toEqual(once)
        expect(mergeEvents(once, once, max)).toEqual(once)
      }),
    )
  })

  test('any cut of the same scans into reports, in any order, gives the same row', () => {
    const scansInChunks = anyScans.chain((scans) =>
      fc.record({ scans: fc.constant(scans), chunks: shuffledChunks(scans), max: eventsMax }),
    )
    fc.assert(
      fc.property(scansInChunks, ({ scans, chunks, max }) => {
        const piecewise = chunks.reduce<TrackingEvent[]>((row, chunk) => mergeEvents(row, chunk, max), [])
        expect(piecewise).toEqual(mergeEvents(scans, [], max))
      }),
    )
  })

  test('scans stand newest first, each once, and never more than allowed', () => {
    fc.assert(
      fc.property(anyScans, anyScans, eventsMax, (a, b, max) => {
        const row = mergeEvents(a, b, max)
        expect(row.length).toBeLessThanOrEqual(max)
        for (const [index, event] of row.entries())
          if (index > 0) expect(compareEvents(row[index - 1]!, event)).toBeLessThan(0)
      }),
    )
  })

  test('the newest scans are kept when there are too many', () => {
    const row = mergeEvents([scan('collected', '08:00'), scan('in_transit', '10:00')], [scan('delivered', '12:00')], 2)
    expect(row.map(({ status }) => status)).toEqual(['delivered', 'in_transit'])
  })

  test('the same scan in other letters and spacing is one scan', () => {
    const row = mergeEvents(
      [scan('in_transit', '10:00:05', { text: 'Departed  Hub' })],
      [scan('in_transit', '2026-01-23T10:00:05.494Z', { text: 'DEPARTED HUB ' })],
      50,
    )
    expect(row).toHaveLength(1)
  })

  test('another second, another code or another text is another scan', () => {
    const one = scan('in_transit', '10:00:05', { code: 4, text: 'Departed' })
    const others = [
      { ...one, at: '2026-01-23T10:00:06Z' },
      { ...one, code: 8 },
      { ...one, code: null },
      { ...one, text: 'Arrived' },
    ]
    expect(mergeEvents([one], others, 50)).toHaveLength(5)
  })

  test('of two copies the one that names a place wins, whichever came last', () => {
    const without = scan('in_transit', '10:00')
    const withPlace = scan('in_transit', '10:00', { location: 'Nilai' })
    expect(mergeEvents([withPlace], [without], 50)[0]?.location).toBe('Nilai')
    expect(mergeEvents([without], [withPlace], 50)[0]?.location).toBe('Nilai')
  })

  test('of two copies the certain time and the readable status win, even from different copies', () => {
    const certain = scan('unknown', '10:00', { text: 'x', rawAt: '2026-01-23T10:00:00Z' })
    const guessed = scan('delivered', '10:00', {
      text: 'x',
      rawAt: '2026-01-23 18:00:00',
      zoneGuessed: true,
      substatus: 'to_recipient',
    })
    expect(mergeEvents([guessed], [certain], 50)).toEqual([
      { ...certain, status: 'delivered', substatus: 'to_recipient' },
    ])
  })
})
