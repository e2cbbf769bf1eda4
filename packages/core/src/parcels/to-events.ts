import type { TrackingEvent } from '@jejak/contract'
import type { AnswerFlag } from '../easyparcel/client/easyparcel-client.ts'
import { saysSeconds } from '../easyparcel/reading/instants.ts'
import { type Meaning, meaningOf } from '../easyparcel/reading/meaning.ts'
import { compareRecency } from './derive-status.ts'
import type { StoredScan } from './merge-scans.ts'
import { compareTold, createIsGone, keyOf } from './merge-scans.ts'

/** A scan with its meaning by today's rules, and where the newest answer that told it has it. */
export type ReadEvent = TrackingEvent & { toldAt: string; position: number; ms: number; flags: readonly AnswerFlag[] }

type Telling = StoredScan & { ms: number; meaning: Meaning }
/** The tellings of one scan, the newest first. */
type Tellings = [Telling, ...Telling[]]

const secondMs = 1000
const minuteMs = 60_000
const isWithinSame = (unitMs: number, a: Telling, b: Telling): boolean =>
  Math.floor(a.ms / unitMs) === Math.floor(b.ms / unitMs)

const isSameMoment = (a: Telling, b: Telling): boolean =>
  a.rawAt === b.rawAt ||
  isWithinSame(secondMs, a, b) ||
  (isWithinSame(minuteMs, a, b) && !(saysSeconds(a.rawAt) && saysSeconds(b.rawAt)))

const isToldWith = (a: Telling, b: Telling): boolean => a.toldAt === b.toldAt && a.source === b.source

/**
 * Couriers tell a scan again with a full stop, without its seconds, with a corrected code: the same words at the same moment are one scan. What one
 * answer tells side by side are different ones.
 */
const groupTellings = (scans: readonly StoredScan[]): Tellings[] => {
  const byWords = new Map<string, Tellings[]>()
  const newestFirst = scans
    .map((scan): Telling => ({ ...scan, ms: Date.parse(scan.at), meaning: meaningOf(scan) }))
    .sort((a, b) => compareTold(b, a))
  for (const telling of newestFirst) {
    const alike = byWords.get(telling.meaning.folded) ?? []
    const same = alike.find((one) => isSameMoment(one[0], telling) && !one.some((other) => isToldWith(other, telling)))
    if (same) same.push(telling)
    else byWords.set(telling.meaning.folded, [...alike, [telling]])
  }
  return [...byWords.values()].flat()
}

/** How many scans are in `after` of which nothing was told before. */
export const countNewScans = (before: readonly StoredScan[], after: readonly StoredScan[]): number => {
  const known = new Set(before.map(keyOf))
  return groupTellings(after).filter((tellings) => !tellings.some((one) => known.has(keyOf(one)))).length
}

/** The later telling wins; what it leaves out (a code, a place, the zone) was said before, and its instant is the one read first. */
const toEvent = (tellings: Tellings, isGone: (scan: StoredScan) => boolean): ReadEvent => {
  const [newest] = tellings
  const { rawAt, text, source, toldAt, position } = newest
  const { at, ms } = tellings.findLast((one) => one.rawAt === rawAt)!
  const code = tellings.find((one) => one.code !== null)?.code ?? null
  const { status, substatus, flags } = code === newest.code ? newest.meaning : meaningOf({ source, code, text })
  return {
    at,
    rawAt,
    zoneGuessed: tellings.every((one) => one.zoneGuessed || one.at !== at),
    code,
    text,
    status,
    substatus,
    location: tellings.find(({ location }) => location !== null)?.location ?? null,
    ...(tellings.every(isGone) && { gone: true as const }),
    ...((source === 'staff' || source === 'import') && { source }),
    toldAt,
    position,
    ms,
    flags,
  }
}

/** The events that tellings add up to, newest first; of the same instant the one further on in the newest answer comes first. */
export const toEvents = (scans: readonly StoredScan[]): ReadEvent[] => {
  const isGone = createIsGone(scans)
  return groupTellings(scans)
    .map((tellings) => toEvent(tellings, isGone))
    .sort((a, b) => compareRecency(b, a))
}
