import fc from 'fast-check'
import type { StoredScan } from '../merge-scans.ts'

const startMs = Date.parse('2026-01-23T00:00:00Z')
const hourMs = 3_600_000

/** The database's instant of an answer. */
export const answeredAt = (hour: number): string => new Date(startMs + (100 + hour) * hourMs).toISOString()

/** A telling of a scan at `at` (UTC, on 23 January 2026 when only a time is given), by the first answer unless said otherwise. */
export const told = (at: string, text: string, more: Partial<StoredScan> = {}): StoredScan => {
  const instant = at.length <= 8 ? `2026-01-23T${at.padEnd(8, ':00')}Z` : at
  return {
    at: instant,
    rawAt: at.length <= 8 ? `2026-01-23 ${at}` : at,
    zoneGuessed: false,
    code: 4,
    text,
    location: null,
    source: 'open',
    position: 0,
    toldAt: answeredAt(1),
    ...more,
  }
}

/** Tellings drawn from so few instants, codes, texts and answers that copies, ties and scans taken back are common. */
export const anyStored: fc.Arbitrary<StoredScan> = fc
  .record({
    hours: fc.integer({ min: 0, max: 12 }),
    ms: fc.constantFrom(0, 0, 494, 5000),
    rawAt: fc.constantFrom('', '2026-01-23 12:29', '2026-01-23T04:29:47Z'),
    zoneGuessed: fc.boolean(),
    code: fc.constantFrom(null, 4, 5, 8),
    text: fc.constantFrom('Departed from hub', 'DEPARTED  from hub.', 'Delivered', 'Out for delivery', ''),
    location: fc.constantFrom(null, '', 'Shah Alam'),
    source: fc.constantFrom('open', 'webhook'),
    position: fc.integer({ min: 0, max: 3 }),
    answer: fc.integer({ min: 0, max: 5 }),
    isOldest: fc.boolean(),
  })
  .map(({ hours, ms, answer, isOldest, ...rest }) => ({
    ...rest,
    at: new Date(startMs + hours * hourMs + ms).toISOString(),
    toldAt: answeredAt(answer),
    ...(isOldest && { wholeAt: answeredAt(answer) }),
  }))

export const anyStoredScans: fc.Arbitrary<StoredScan[]> = fc.array(anyStored, { maxLength: 12 })
