import {
  type Substatus,
  substatusesOf,
  type TrackingEvent,
  type TrackingStatus,
  trackingStatuses,
} from '@jejak/contract'
import fc from 'fast-check'

/** A scan at `at` (UTC, on 23 January 2026 when only a time is given); the time zone is certain unless said otherwise. */
export const scan = (status: TrackingStatus, at: string, more: Partial<TrackingEvent> = {}): TrackingEvent => {
  const instant = at.length <= 8 ? `2026-01-23T${at.padEnd(8, ':00')}Z` : at
  return {
    at: instant,
    rawAt: instant,
    zoneGuessed: false,
    code: null,
    text: status,
    status,
    substatus: null,
    location: null,
    ...more,
  }
}

const meaning = fc.constantFrom(
  ...trackingStatuses.flatMap((status): { status: TrackingStatus; substatus: Substatus | null }[] => [
    { status, substatus: null },
    ...substatusesOf[status].map((substatus) => ({ status, substatus })),
  ]),
)

const startMs = Date.parse('2026-01-23T00:00:00Z')

/** Scans drawn from so few instants, codes and texts that copies, ties and doubtful zones are common. */
export const anyScan: fc.Arbitrary<TrackingEvent> = fc
  .record({
    hours: fc.integer({ min: 0, max: 30 }),
    ms: fc.constantFrom(0, 0, 494, 999, 1000),
    rawAt: fc.constantFrom('2026-01-23 12:29:47', '2026-01-23T04:29:47Z'),
    zoneGuessed: fc.boolean(),
    code: fc.constantFrom(null, 0, 4, 7),
    text: fc.constantFrom('Departed from hub', 'DEPARTED  from hub ', 'Delivered', 'Arrived', 'ａrrived'),
    meaning,
    location: fc.constantFrom(null, '', 'Shah Alam', 'Nilai Hub'),
  })
  .map(({ hours, ms, meaning: { status, substatus }, ...rest }) => ({
    ...rest,
    at: new Date(startMs + hours * 3_600_000 + ms).toISOString(),
    status,
    substatus,
  }))

export const anyScans: fc.Arbitrary<TrackingEvent[]> = fc.array(anyScan, { maxLength: 12 })
