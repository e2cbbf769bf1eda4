import type { TrackingEvent } from '@jejak/contract'
import { classifyScan, type ScanSource } from './classify-scan.ts'
import { cleanText } from './clean-text.ts'
import type { AnswerFlag, UnreadValue } from './courier-source.ts'
import { foldText } from './fold-text.ts'
import { type Instant, offsetMs, readInstant } from './instants.ts'
import type { WireScan } from './wire.ts'

export type ReadOptions = { source: ScanSource; now: Date; defaultZone: string }
type ReadScans = { events: TrackingEvent[]; flags: AnswerFlag[]; unread: UnreadValue[] }
type DatedScan = WireScan & { instant: Instant }

const scansMax = 500
const futureMs = 24 * 3_600_000

/** EasyParcel dates its own bookings in UTC, couriers write local time (easyparcel-api.md 3.4); classic dates are all local (8.6). */
const zoneOf = (scan: WireScan, { source, defaultZone }: ReadOptions): string =>
  source !== 'classic' && scan.location === null && foldText(scan.text) === 'schedule in arrangement'
    ? 'Z'
    : defaultZone

const date = (scan: WireScan, options: ReadOptions): Instant | null => readInstant(scan.rawAt, zoneOf(scan, options))

/** Same code and text at the same moment, where a guessed zone may be wrong by exactly the default offset. */
const isSameScan = (latest: WireScan, scan: WireScan, options: ReadOptions): boolean => {
  const [code, scanCode] = [readCode(latest.code).code, readCode(scan.code).code]
  if (code !== null && scanCode !== null && code !== scanCode) return false
  if (latest.text !== '' && foldText(latest.text) !== foldText(scan.text)) return false
  if (latest.rawAt === '' || latest.rawAt === scan.rawAt) return true
  const [a, b] = [date(latest, options), date(scan, options)]
  if (!a || !b) return false
  const apartMs = Math.abs(Date.parse(a.at) - Date.parse(b.at))
  const zoneMayDiffer = a.zoneGuessed !== b.zoneGuessed || latest.location !== scan.location
  return apartMs < 1000 || (zoneMayDiffer && Math.abs(apartMs - Math.abs(offsetMs(options.defaultZone))) < 1000)
}

/**
 * The log, and `latest` only when the log lacks it: it repeats one of the log's scans, not always the newest (easyparcel-api.md 3.3). Where only
 * `latest` carries the code (8.3), its scan in the log gets it.
 */
export const joinLatest = (log: WireScan[], latest: WireScan | null, options: ReadOptions): WireScan[] => {
  if (!latest) return log
  const repeated = log.findIndex((scan) => isSameScan(latest, scan, options))
  const scan = log[repeated]
  if (!scan) return [...log, latest]
  return readCode(scan.code).code === null ? log.with(repeated, { ...scan, code: latest.code }) : log
}

/** An upstream code as a whole number: `7`, `"7"` and `0` are codes; what is neither missing nor a number is reported as unread. */
const readCode = (code: unknown): { code: number | null; unread: string | null } => {
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

const readDates = (scans: WireScan[], options: ReadOptions): { dated: DatedScan[]; unread: UnreadValue[] } => {
  const dated: DatedScan[] = []
  const unread: UnreadValue[] = []
  for (const scan of scans) {
    const instant = date(scan, options)
    if (!instant) unread.push(undatable('unreadable date', scan.rawAt))
    else if (Date.parse(instant.at) > options.now.getTime() + futureMs)
      unread.push(undatable('future date', scan.rawAt))
    else dated.push({ ...scan, instant })
  }
  return { dated, unread }
}

/** The newest scans by our reading, in the order in which they came. */
const keepNewest = (scans: DatedScan[]): DatedScan[] => {
  if (scans.length <= scansMax) return scans
  const newestFirst = scans.toSorted((a, b) => Date.parse(b.instant.at) - Date.parse(a.instant.at))
  const kept = new Set(newestFirst.slice(0, scansMax))
  return scans.filter((scan) => kept.has(scan))
}

const withoutCopies = (scans: DatedScan[]): DatedScan[] => [
  ...new Map(
    scans.map((scan) => [JSON.stringify([scan.rawAt, readCode(scan.code).code, scan.text, scan.location]), scan]),
  ).values(),
]

const readScan = (scan: DatedScan, source: ScanSource): ReadScans => {
  const { code, unread: unreadCode } = readCode(scan.code)
  const { status, substatus, flags } = classifyScan(source, code, scan.text)
  const unread: UnreadValue[] = []
  if (unreadCode !== null) unread.push({ kind: 'code', value: unreadCode })
  if (code !== null && flags.includes('unknown_code')) unread.push({ kind: 'code', value: String(code) })
  if (flags.includes('unknown_text')) unread.push({ kind: 'text', value: scan.text })
  const { at, zoneGuessed } = scan.instant
  const { rawAt, text, location } = scan
  return { events: [{ at, rawAt, zoneGuessed, code, text, status, substatus, location }], flags: [...flags], unread }
}

/**
 * Scans as events, in upstream's order, without exact copies, the newest 500. A scan without a readable date, or dated more than 24 h after `now`,
 * cannot be put in order: it is left out and reported, and comes in by itself once its date can be read.
 */
export const readScans = (scans: WireScan[], options: ReadOptions): ReadScans => {
  const { dated, unread } = readDates(scans, options)
  const read = withoutCopies(keepNewest(dated)).map((scan) => readScan(scan, options.source))
  return {
    events: read.flatMap((one) => one.events),
    flags: [...new Set(read.flatMap((one) => one.flags))],
    unread: [...unread, ...read.flatMap((one) => one.unread)],
  }
}
