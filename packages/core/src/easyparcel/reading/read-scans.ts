import type { ScanSource, ToldScan, UnreadValue } from '../client/easyparcel-client.ts'
import { cleanText } from './clean-text.ts'
import { type Instant, offsetMs, readInstant, readNewInstant } from './instants.ts'
import { meaningOf } from './meaning.ts'
import type { WireItem, WireScan } from './wire.ts'

export type ReadOptions = { source: ScanSource; now: Date; defaultZone: string }
type ReadScans = { scans: ToldScan[]; isWhole: boolean; unread: UnreadValue[] }
type DatedScan = MaybeDated & { instant: Instant }

const scansMax = 500
const futureMs = 24 * 3_600_000
const msOf = ({ at }: Instant): number => Date.parse(at)

/** The text of a scan as texts are compared. Its whole meaning is read, and remembered. */
export const foldedOf = ({ code, text }: WireScan, source: ScanSource): string =>
  meaningOf({ source, code: readCode(code).code, text }).folded

/** EasyParcel dates its own bookings in UTC, couriers write local time (docs/easyparcel.md); classic dates are all local. */
const zoneOf = (scan: WireScan, { source, defaultZone }: ReadOptions): string =>
  source !== 'classic' && scan.location === null && foldedOf(scan, source) === 'schedule in arrangement'
    ? 'Z'
    : defaultZone

const date = (scan: WireScan, options: ReadOptions): Instant | null => readInstant(scan.rawAt, zoneOf(scan, options))

/** Same code and text at the same moment, where a guessed zone may be wrong by exactly the default offset. */
const isSameScan = (latest: WireScan, scan: WireScan, options: ReadOptions): boolean => {
  const [code, scanCode] = [readCode(latest.code).code, readCode(scan.code).code]
  if (code !== null && scanCode !== null && code !== scanCode) return false
  if (latest.text !== '' && foldedOf(latest, options.source) !== foldedOf(scan, options.source)) return false
  if (latest.rawAt === '' || latest.rawAt === scan.rawAt) return true
  const [a, b] = [date(latest, options), date(scan, options)]
  if (!a || !b) return latest.text !== '' && b === null
  const apartMs = Math.abs(Date.parse(a.at) - Date.parse(b.at))
  const zoneMayDiffer = a.zoneGuessed !== b.zoneGuessed || latest.location !== scan.location
  return apartMs < 1000 || (zoneMayDiffer && Math.abs(apartMs - Math.abs(offsetMs(options.defaultZone))) < 1000)
}

type JoinedScans = { log: readonly WireScan[]; latest: readonly WireScan[] }

/**
 * `latest` stands beside the log only when the log lacks it: it repeats one of the log's scans, not always the newest (docs/easyparcel.md). Where
 * only `latest` carries the code (8.3) or a date that can be read, its scan in the log gets it.
 */
const joinLatest = (joined: JoinedScans, latest: WireScan, options: ReadOptions): JoinedScans => {
  const repeated = joined.log.findIndex((scan) => isSameScan(latest, scan, options))
  const scan = joined.log[repeated]
  if (!scan) return { ...joined, latest: [...joined.latest, latest] }
  const code = readCode(scan.code).code === null ? latest.code : scan.code
  const rawAt = date(scan, options) ? scan.rawAt : latest.rawAt
  return { ...joined, log: joined.log.with(repeated, { ...scan, code, rawAt }) }
}

/** The log of an item, its copies' one after the other, and the latest scans that it lacks. */
export const joinCopies = (copies: readonly WireItem[], options: ReadOptions): JoinedScans =>
  copies.reduce<JoinedScans>((joined, { latest }) => (latest ? joinLatest(joined, latest, options) : joined), {
    log: copies.flatMap((copy) => copy.log ?? []),
    latest: [],
  })

/** An upstream code as a whole number: `7`, `"7"` and `0` are codes; what is neither missing nor a number is reported as unread. */
export const readCode = (code: unknown): { code: number | null; unread: string | null } => {
  if (code === undefined || code === null || code === '') return { code: null, unread: null }
  const number = typeof code === 'string' && /^\s*\d{1,9}\s*$/.test(code) ? Number(code) : code
  if (typeof number === 'number' && Number.isSafeInteger(number)) return { code: number + 0, unread: null }
  return { code: null, unread: typeof code === 'object' ? 'an object' : cleanText(String(code), 100) }
}

/** Dates are reported by their shape, so that they can be counted. */
const undatable = (problem: string, raw: string): UnreadValue => ({
  kind: 'status',
  value: `${problem}: ${raw.slice(0, 60).replace(/\d/g, '9') || 'none'}`,
})

/** `ms` is that of the instant, NaN without one. */
type MaybeDated = WireScan & { place: number; instant: Instant | null; ms: number }

type ReadDates = { scans: MaybeDated[]; unread: UnreadValue[] }

/** Scans with their instants; what is dated more than 24 h after the answer is a slip of the courier and stays out until its day has come. */
const readDates = (scans: readonly WireScan[], from: number, options: ReadOptions): ReadDates => {
  const dated = scans.map((scan, place): MaybeDated => {
    const zones = { zone: zoneOf(scan, options), localZone: options.defaultZone, seenAt: options.now }
    const instant = readNewInstant(scan.rawAt, zones)
    return { ...scan, place: from + place, instant, ms: instant ? msOf(instant) : Number.NaN }
  })
  const isAhead = ({ ms }: MaybeDated) => ms > options.now.getTime() + futureMs
  return {
    scans: dated.filter((scan) => !isAhead(scan)),
    unread: dated
      .filter((scan) => scan.instant === null || isAhead(scan))
      .map((scan) => undatable(scan.instant ? 'future date' : 'unreadable date', scan.rawAt)),
  }
}

/** Logs come in either order, Open API's oldest first and classic ones newest first where the dates leave it open (docs/easyparcel.md). */
const isNewestFirst = (scans: readonly MaybeDated[], source: ScanSource): boolean => {
  const instants = scans.map(({ ms }) => ms).filter((ms) => !Number.isNaN(ms))
  const rising = instants.reduce((sum, ms, place) => sum + Math.sign(ms - (instants[place - 1] ?? ms)), 0)
  return rising === 0 ? source === 'classic' : rising < 0
}

/** A scan whose date no one can read happened when the one told before it did. */
const withNeighbourDates = (oldestFirst: readonly MaybeDated[]): DatedScan[] => {
  let last = oldestFirst.find(({ instant }) => instant !== null)?.instant
  return oldestFirst.flatMap((scan) => {
    if (scan.instant) last = scan.instant
    else if (scan.text === '' && readCode(scan.code).code === null) return []
    return last ? [{ ...scan, instant: scan.instant ?? { ...last, zoneGuessed: true } }] : []
  })
}

/** The newest scans by our reading, in the order in which they came. */
const keepNewest = (scans: DatedScan[]): DatedScan[] => {
  if (scans.length <= scansMax) return scans
  const newestFirst = scans.toSorted((a, b) => msOf(b.instant) - msOf(a.instant))
  const kept = new Set(newestFirst.slice(0, scansMax))
  return scans.filter((scan) => kept.has(scan))
}

const withoutCopies = (scans: DatedScan[]): DatedScan[] => [
  ...new Map(
    scans.map((scan) => [JSON.stringify([scan.rawAt, readCode(scan.code).code, scan.text, scan.location]), scan]),
  ).values(),
]

const unreadOf = (scan: WireScan, source: ScanSource): UnreadValue[] => {
  const { code, unread: unreadCode } = readCode(scan.code)
  const { flags } = meaningOf({ source, code, text: scan.text })
  const unread: UnreadValue[] = []
  if (unreadCode !== null) unread.push({ kind: 'code', value: unreadCode })
  if (code !== null && flags.includes('unknown_code')) unread.push({ kind: 'code', value: String(code) })
  if (flags.includes('unknown_text')) unread.push({ kind: 'text', value: scan.text })
  return unread
}

/**
 * What a log and the latest scans beside it tell, in upstream's order, without exact copies, the newest 500. A date that cannot be read is that of
 * the neighbour, and reported. `isWhole`: what the log would hold and does not has not happened; not so where it is cut or partly unread.
 */
export const readScans = ({ log, latest }: JoinedScans, options: ReadOptions): ReadScans => {
  const { source } = options
  const [logged, beside] = [readDates(log, 0, options), readDates(latest, log.length, options)]
  const oldestFirst = isNewestFirst(logged.scans, source) ? logged.scans.toReversed() : logged.scans
  const dated = withNeighbourDates([...oldestFirst, ...beside.scans])
  const kept = withoutCopies(keepNewest(dated))
  const told = kept.map((scan, position) => ({ scan, position })).sort((a, b) => a.scan.place - b.scan.place)
  const unread = [...logged.unread, ...beside.unread]
  return {
    scans: told.map(({ scan: { instant, rawAt, code, text, location }, position }) => ({
      ...instant,
      ...{ rawAt, code: readCode(code).code, text, location, source, position },
    })),
    isWhole: log.length > 0 && unread.length === 0 && dated.length <= scansMax,
    unread: [...unread, ...told.flatMap(({ scan }) => unreadOf(scan, source))],
  }
}
