import { isTerminal, type Substatus, type TrackingStatus } from '@jejak/contract'
import { compareRecency, deriveStatus, firstOf, type Milestones, milestonesOf } from './derive-status.ts'
import { type Listed, withListed } from './listed-status.ts'
import type { StoredScan } from './merge-scans.ts'
import { readStoredScans } from './stored-scans.ts'
import { type ReadEvent, toEvents } from './to-events.ts'

/**
 * Which life of a number is meant, for couriers use numbers again. It began when it was booked, as far as that is known, else when it was registered;
 * a registration that was renewed counts only what came after the end of the life before.
 */
export type Life = Listed & { registeredAt: Date; bookedAt?: Date | null; countsFrom?: Date | null }
export type ReadingRules = { readonly eventsMax: number; readonly reuseAgeMs: number }

/** What the stored scans of a parcel mean today. `events` are newest first, with those taken back. */
export type ParcelReading = {
  events: ReadEvent[]
  status: TrackingStatus
  substatus: Substatus | null
  decidedBy: ReadEvent | null
  milestones: Milestones
  /** Scans with something in doubt, of the one that decides and those after it: what it outdates needs no one. */
  flagged: readonly ReadEvent[]
  movedOn: boolean
  /** The scans that tell of attempts to deliver, newest first: on its way to the door, or failed there. */
  attempts: readonly ReadEvent[]
  /** Nothing is told but an earlier life of the number. */
  isUsedBefore: boolean
}

/** Parcels that are long under way are registered too: after this time a log with nothing newer is believed. */
const doubtMs = 72 * 3_600_000

/** An end so long before the parcel was booked or registered may be that of a life which no one here remembers, such as one that its shop removed. */
const oldEndMs = 14 * 24 * 3_600_000

/** From when on scans are of this life, if there are any. What an earlier system told came with it: it was registered here long after its beginning. */
const beginningOf = (all: readonly ReadEvent[], { registeredAt, bookedAt }: Life, reuseAgeMs: number): number => {
  const brought = all.filter(({ source }) => source === 'import').map(({ ms }) => ms)
  const bornMs = Math.min((bookedAt ?? registeredAt).getTime(), ...brought)
  const older = all.filter(({ ms }) => ms < bornMs - oldEndMs)
  return bornMs - (isTerminal(deriveStatus(older).status) ? Math.min(oldEndMs, reuseAgeMs) : reuseAgeMs)
}

const eventsOfLife = (
  all: readonly ReadEvent[],
  life: Life,
  { now, reuseAgeMs }: { now: Date; reuseAgeMs: number },
): Pick<ParcelReading, 'isUsedBefore'> & { events: readonly ReadEvent[] } => {
  const { registeredAt, countsFrom } = life
  const counted = countsFrom ? all.filter(({ ms }) => ms > countsFrom.getTime()) : all
  const beginsMs = beginningOf(counted, life, reuseAgeMs)
  const events = counted.filter(({ ms }) => ms >= beginsMs)
  if (events.length === counted.length || events.some(({ gone }) => !gone)) return { events, isUsedBefore: false }
  const isInDoubt = now.getTime() - registeredAt.getTime() < doubtMs
  return { events: isInDoubt ? events : counted, isUsedBefore: true }
}

/** The newest ones, and those that decide however many came later. */
const shownOf = (events: readonly ReadEvent[], deciding: readonly (ReadEvent | null)[], eventsMax: number) => {
  const standing = events.filter(({ gone }) => !gone)
  if (standing.length <= eventsMax) return [...events]
  const decides = new Set(deciding)
  const others = standing.filter((event) => !decides.has(event))
  const room = Math.max(0, eventsMax - (standing.length - others.length))
  const left = new Set(others.slice(room))
  return events.filter((event) => !left.has(event))
}

const isAttempt = ({ gone, status }: ReadEvent): boolean =>
  !gone && (status === 'out_for_delivery' || status === 'attempt_failed')
const isFlagged = ({ gone, flags }: ReadEvent): boolean => !gone && flags.length > 0
const isOutdated = (event: ReadEvent, decidedBy: ReadEvent | null): boolean =>
  decidedBy !== null && compareRecency(event, decidedBy) < 0

/** Reads the stored scans of a parcel by today's rules. Pure; the same scans and the same day give the same reading. */
export const readParcel = (
  scans: readonly StoredScan[],
  { life, now, rules }: { life: Life; now: Date; rules: ReadingRules },
): ParcelReading => {
  const { events, isUsedBefore } = eventsOfLife(toEvents(scans), life, { now, reuseAgeMs: rules.reuseAgeMs })
  const derived = withListed(deriveStatus(events), { events, listed: life, isUsedBefore })
  const deciding = [derived.decidedBy, firstOf(events, 'collected'), firstOf(events, 'out_for_delivery')]
  return {
    ...derived,
    events: shownOf(events, deciding, rules.eventsMax),
    milestones: milestonesOf(events, derived),
    flagged: events.filter((event) => isFlagged(event) && !isOutdated(event, derived.decidedBy)),
    attempts: events.filter(isAttempt),
    isUsedBefore,
  }
}

/** The columns of a parcel that its reading depends on; `events` are its stored scans. */
export type ReadableRow = Life & { events: string; api: 'open' | 'classic' }

export const readRow = (row: ReadableRow, { now, rules }: { now: Date; rules: ReadingRules }): ParcelReading =>
  readParcel(readStoredScans(row.events, row.api), { life: row, now, rules })
