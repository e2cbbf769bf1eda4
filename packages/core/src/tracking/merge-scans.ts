import type { TrackingStatus } from '@jejak/contract'
import type { ToldScan } from '../easyparcel/courier-source.ts'
import { meaningOf } from '../easyparcel/meaning.ts'
import type { StoredScan } from './stored-scans.ts'

/** What makes two tellings the same one. That different tellings may be of one scan is for `toEvents` to see. */
export const keyOf = ({ source, at, rawAt, code, text }: ToldScan): string => [source, at, rawAt, code, text].join('\n')

const compare = <Value extends string | number | boolean>(a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0)

const msOf = ({ at }: ToldScan): number => Date.parse(at)

/** Newest first, by what never changes about a telling, so that the cut does not depend on the order of arrival. */
const compareScans = (a: StoredScan, b: StoredScan): number => msOf(b) - msOf(a) || compare(keyOf(b), keyOf(a))

/** Positive when `a` was told later: by a newer answer, or further on in the same one. */
export const compareTold = (a: StoredScan, b: StoredScan): number =>
  compare(a.toldAt, b.toldAt) ||
  a.position - b.position ||
  compare(a.zoneGuessed, b.zoneGuessed) ||
  compare(a.location ?? '', b.location ?? '')

const joinTold = (a: StoredScan, b: StoredScan): StoredScan => {
  const wholeAt = compare(a.wholeAt ?? '', b.wholeAt ?? '') > 0 ? a.wholeAt : b.wholeAt
  return { ...(compareTold(a, b) > 0 ? a : b), ...(wholeAt !== undefined && { wholeAt }) }
}

/** Whether the courier took a scan back: a newer whole log of the same source, which reaches back beyond it, no longer has it. */
export const createIsGone = (scans: readonly StoredScan[]): ((scan: StoredScan) => boolean) => {
  const whole = scans.filter(({ wholeAt }) => wholeAt !== undefined)
  return (scan) =>
    whole.some((log) => log.wholeAt! > scan.toldAt && log.source === scan.source && msOf(log) < msOf(scan))
}

const plain: ReadonlySet<TrackingStatus> = new Set(['pending', 'info_received', 'in_transit', 'unknown'])
const edgeMax = 10
const wholeMax = 3

/** What decides is never pushed out by what came later: the first and last of each status, more of those that turn a parcel's life. */
const edges = (newestFirst: readonly StoredScan[]): StoredScan[] =>
  [...Map.groupBy(newestFirst, (scan) => meaningOf(scan).status)].flatMap(([status, scans]) => {
    const amount = plain.has(status) ? 1 : edgeMax
    return [...scans.slice(0, amount), ...scans.slice(-amount)]
  })

/** The oldest scans of whole logs, that of the newest log first. */
const byWholeAt = (scans: readonly StoredScan[]): StoredScan[] =>
  scans.filter(({ wholeAt }) => wholeAt).sort((a, b) => compare(b.wholeAt!, a.wholeAt!))

const cut = (newestFirst: StoredScan[], eventsMax: number): StoredScan[] => {
  if (newestFirst.length <= eventsMax) return newestFirst
  const isGone = createIsGone(newestFirst)
  const [gone, standing] = [newestFirst.filter(isGone), newestFirst.filter((scan) => !isGone(scan))]
  const kept = new Set([
    ...standing.slice(0, eventsMax),
    ...edges(standing),
    ...gone.slice(0, eventsMax),
    ...byWholeAt(newestFirst).slice(0, wholeMax),
  ])
  return newestFirst.filter((scan) => kept.has(scan))
}

/**
 * All tellings of both lists once, the newest telling of each, newest scan first: the newest `eventsMax` that stand, as many taken back, and those that
 * decide. Commutative, associative and idempotent: whatever arrives twice, late or out of order gives the same row.
 */
export const mergeScans = (a: readonly StoredScan[], b: readonly StoredScan[], eventsMax: number): StoredScan[] => {
  const scans = new Map<string, StoredScan>()
  for (const scan of [...a, ...b]) {
    const key = keyOf(scan)
    const known = scans.get(key)
    scans.set(key, known ? joinTold(known, scan) : scan)
  }
  return cut([...scans.values()].sort(compareScans), eventsMax)
}

/** A scan of an answer. One stored before keeps the instant that was read then: the reading may depend on when it was first seen. */
const keepReadings = (stored: readonly StoredScan[], told: readonly ToldScan[]): ToldScan[] => {
  const saidKey = ({ source, rawAt, code, text }: ToldScan) => [source, rawAt, code, text].join('\n')
  const known = new Map(stored.map((scan) => [saidKey(scan), scan]))
  return told.map((scan) => {
    const before = known.get(saidKey(scan))
    return before ? { ...scan, at: before.at, zoneGuessed: before.zoneGuessed } : scan
  })
}

export type Told = { scans: readonly ToldScan[]; isWhole: boolean; toldAt: string }

/** Whether two lists say the same: the same scans with the same places, standing or gone, those of one instant in the same order. */
const saysSame = (a: readonly StoredScan[], b: readonly StoredScan[]): boolean => {
  if (a.length !== b.length) return false
  const [isGoneOfA, isGoneOfB] = [createIsGone(a), createIsGone(b)]
  return a.every((one, index) => {
    const [other, earlier] = [b[index]!, a[index - 1]]
    const isSame =
      keyOf(one) === keyOf(other) &&
      one.location === other.location &&
      one.zoneGuessed === other.zoneGuessed &&
      isGoneOfA(one) === isGoneOfB(other)
    if (!isSame || !earlier || msOf(earlier) !== msOf(one)) return isSame
    return Math.sign(compareTold(earlier, one)) === Math.sign(compareTold(b[index - 1]!, other))
  })
}

/** What stands of the newest whole log was told again by each answer that told nothing new, though nothing was written. */
const toldAgain = (stored: readonly StoredScan[], toldAt: string): StoredScan[] => {
  const isGone = createIsGone(stored)
  const [newest] = byWholeAt(stored)
  if (!newest) return [...stored]
  const isOfLog = (scan: StoredScan) => scan.source === newest.source && msOf(scan) >= msOf(newest) && !isGone(scan)
  return stored.map((scan) => (isOfLog(scan) ? { ...scan, toldAt, ...(scan === newest && { wholeAt: toldAt }) } : scan))
}

/**
 * The stored scans once an answer has come; the same array when it tells nothing new, as nine of ten do. `checkedAt` is the instant of the newest
 * answer before: one that was asked for earlier and comes late is merged into what stood then.
 */
export const mergeAnswer = (
  row: readonly StoredScan[],
  answer: Told,
  { checkedAt, eventsMax }: { checkedAt: Date | null; eventsMax: number },
): readonly StoredScan[] => {
  const known = checkedAt?.toISOString() ?? ''
  const stored = answer.toldAt < known ? toldAgain(row, known) : row
  const told = keepReadings(stored, answer.scans).map((scan): StoredScan => ({ ...scan, toldAt: answer.toldAt }))
  const [first] = answer.isWhole ? told.toSorted((a, b) => compareScans(b, a)) : []
  const whole = told.map((scan) => (scan === first ? { ...scan, wholeAt: answer.toldAt } : scan))
  const merged = mergeScans(stored, whole, eventsMax)
  return saysSame(stored, merged) ? row : merged
}
