import type { TrackingStatus } from '@jejak/contract'
import type { ToldScan } from '../easyparcel/client/easyparcel-client.ts'
import { meaningOf } from '../easyparcel/reading/meaning.ts'

/**
 * One telling of a scan, as its row keeps it: what was said, never what it means. `toldAt` is the database's instant of the answer that told it last, ''
 * for what was stored before answers were noted. `wholeAt` is that of the newest whole log whose oldest scan this was.
 */
export type StoredScan = ToldScan & { toldAt: string; wholeAt?: string }

/** What makes two tellings the same one. That different tellings may be of one scan is for `toEvents` to see. */
export const keyOf = ({ source, at, rawAt, code, text }: ToldScan): string =>
  `${source}\n${at}\n${rawAt}\n${code ?? ''}\n${text}`

const compare = <Value extends string | number | boolean>(a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0)

/** Stated by the shop's people, or told by its earlier system: no answer of a courier takes it back. */
const isStated = ({ source }: ToldScan): boolean => source === 'staff' || source === 'import'

const msOf = ({ at }: ToldScan): number => Date.parse(at)
/** Instants of one form compare as texts do. */
const compareAt = (a: string, b: string): number =>
  a.length === b.length ? compare(a, b) : Date.parse(a) - Date.parse(b)

/** Newest first, by what never changes about a telling, so that the cut does not depend on the order of arrival. */
const compareScans = (a: StoredScan, b: StoredScan): number => compareAt(b.at, a.at) || compare(keyOf(b), keyOf(a))

/** Positive when `a` was told later: by a newer answer, or further on in the same one. */
export const compareTold = (a: StoredScan, b: StoredScan): number =>
  compare(a.toldAt, b.toldAt) ||
  a.position - b.position ||
  compare(a.zoneGuessed, b.zoneGuessed) ||
  compare(a.location ?? '', b.location ?? '') ||
  compare(a.location !== null, b.location !== null)

const joinTold = (a: StoredScan, b: StoredScan): StoredScan => {
  const wholeAt = compare(a.wholeAt ?? '', b.wholeAt ?? '') > 0 ? a.wholeAt : b.wholeAt
  const later = compareTold(a, b) > 0 ? a : b
  return later.wholeAt === wholeAt ? later : { ...later, ...(wholeAt !== undefined && { wholeAt }) }
}

/** Whether the courier took a scan back: a newer whole log of the same source, which reaches back beyond it, no longer has it. */
export const createIsGone = (scans: readonly StoredScan[]): ((scan: StoredScan) => boolean) => {
  const whole = scans.filter(({ wholeAt }) => wholeAt !== undefined)
  return (scan) =>
    whole.some((log) => log.wholeAt! > scan.toldAt && log.source === scan.source && msOf(log) < msOf(scan))
}

const plain: ReadonlySet<TrackingStatus> = new Set(['pending', 'info_received', 'in_transit', 'unknown'])
const edgeMax = 10
const statedMax = 20
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
    ...newestFirst.filter(isStated).slice(0, statedMax),
  ])
  return newestFirst.filter((scan) => kept.has(scan))
}

/**
 * All tellings of both lists once, the newest telling of each, newest scan first: the newest `eventsMax` that stand, as many taken back, and those that
 * decide. Commutative, associative and idempotent: whatever arrives twice, late or out of order gives the same row.
 */
export const mergeScans = (
  a: readonly StoredScan[],
  { b, eventsMax }: { b: readonly StoredScan[]; eventsMax: number },
): StoredScan[] => {
  const scans = new Map<string, StoredScan>()
  for (const scan of [...a, ...b]) {
    const key = keyOf(scan)
    const known = scans.get(key)
    scans.set(key, known ? joinTold(known, scan) : scan)
  }
  return cut([...scans.values()].sort(compareScans), eventsMax)
}

const saidKey = ({ source, rawAt, code, text }: ToldScan) => `${source}\n${rawAt}\n${code}\n${text}`

/** The scans of an answer. One stored before keeps the instant that was read then: the reading may depend on when it was first seen. */
const keepReadings = (stored: readonly StoredScan[], { scans, toldAt }: Told): StoredScan[] => {
  const known = new Map(stored.map((scan) => [saidKey(scan), scan]))
  return scans.map((scan) => {
    const { at, zoneGuessed } = known.get(saidKey(scan)) ?? scan
    return { ...scan, at, zoneGuessed, toldAt }
  })
}

export type Told = { scans: readonly ToldScan[]; isWhole: boolean; toldAt: string }

/** What the newest answer told, as a later answer of the same words would have left it. */
const toldAgain = (stored: readonly StoredScan[], toldAt: string): StoredScan[] => {
  const newest = newestToldAt(stored)
  return stored.map((scan) => ({
    ...scan,
    ...(scan.toldAt === newest && { toldAt }),
    ...(scan.wholeAt === newest && { wholeAt: toldAt }),
  }))
}

const newestToldAt = (scans: readonly StoredScan[]): string =>
  scans.reduce((newest, { toldAt }) => (compare(toldAt, newest) > 0 ? toldAt : newest), '')

/** Whether an answer says, scan by scan, what the newest one of the row said: then there is nothing to merge. */
const saysTheSame = (row: readonly StoredScan[], { scans, isWhole }: Told): boolean => {
  const newest = newestToldAt(row)
  const known = new Map(row.map((scan) => [saidKey(scan), scan]))
  const before = row.filter(({ toldAt }) => toldAt === newest)
  const whole = row.filter(({ wholeAt }) => wholeAt === newest)
  const again = scans.map((scan) => {
    const one = known.get(saidKey(scan))
    return one?.toldAt === newest && one.position === scan.position && one.location === scan.location ? one : null
  })
  return (
    before.length > 0 &&
    known.size === row.length &&
    again.length === before.length &&
    again.every((one) => one !== null) &&
    new Set(again).size === before.length &&
    (isWhole ? whole.length === 1 && whole[0] === before.at(-1) : whole.length === 0)
  )
}

const isSame = (a: StoredScan, b: StoredScan): boolean => {
  const keys = Object.keys(a) as (keyof StoredScan)[]
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
const areSame = (a: readonly StoredScan[], b: readonly StoredScan[]): boolean =>
  a.length === b.length && a.every((scan, place) => isSame(scan, b[place]!))

/** The same array when nothing need be written; `toldAgainAt` is the newest answer that told the same as the newest one of the row. */
export type Merged = { scans: readonly StoredScan[]; toldAgainAt: Date | null }

/**
 * The stored scans once an answer has come. One that tells the same as the newest before it, as nine of ten do, leaves only its instant, if `canNote`: so
 * an answer that comes late finds what stood then.
 */
export const mergeAnswer = (
  row: readonly StoredScan[],
  asked: { answer: Told; toldAgainAt: Date | null; canNote: boolean; eventsMax: number },
): Merged => {
  const { answer, toldAgainAt, canNote, eventsMax } = asked
  const again = toldAgainAt?.toISOString() ?? ''
  const isNewer = answer.toldAt > again && answer.toldAt > newestToldAt(row)
  if (canNote && isNewer && row.length <= eventsMax && saysTheSame(row, answer))
    return { scans: row, toldAgainAt: new Date(answer.toldAt) }
  const stored = again > newestToldAt(row) ? toldAgain(row, again) : row
  const told = keepReadings(stored, answer)
  const [first] = answer.isWhole ? told.toSorted((a, b) => compareScans(b, a)) : []
  const whole = told.map((scan) => (scan === first ? { ...scan, wholeAt: answer.toldAt } : scan))
  const scans = mergeScans(stored, { b: whole, eventsMax })
  if (areSame(scans, stored)) return { scans: row, toldAgainAt }
  const isRetold = answer.toldAt > newestToldAt(stored) && areSame(scans, toldAgain(stored, answer.toldAt))
  return isRetold && canNote ? { scans: row, toldAgainAt: new Date(answer.toldAt) } : { scans, toldAgainAt }
}
