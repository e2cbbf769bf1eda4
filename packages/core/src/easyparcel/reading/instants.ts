/** One reading of a courier's date: `at` is ISO UTC with `Z`, to the second or to the millisecond as written. */
export type Instant = { at: string; zoneGuessed: boolean }

const clock = String.raw`(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d{1,9}))?)?(?: *(?<half>[ap])\.?m\.?)?(?: *(?<zone>z|utc|gmt|(?:utc|gmt)?[+-]\d\d(?::?\d\d)?))?`
const year = String.raw`(?<year>\d{4})`
const day = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`
const month = String.raw`(?<month>\d{1,2})`
const monthName = String.raw`(?<name>[a-z]{3,9})\.?`
const dates = [
  String.raw`${year}(?<mark>[-/.])${month}\k<mark>${day}`,
  String.raw`(?<day>\d{1,2})(?<mark>[-/.])${month}\k<mark>${year}`,
  String.raw`(?:[a-z]{3,9},? +)?${day}[- ]?${monthName},?[- ](?<year>\d{4}|\d\d)`,
  `(?:[a-z]{3,9},? +)?${monthName} +${day},? +${year}`,
]
const notations = dates.flatMap((date) => [
  new RegExp(`^${date}(?:(?:t|,? +)${clock})?$`, 'i'),
  new RegExp(`^${clock},? +${date}$`, 'i'),
])
// The first three letters in English and Malay.
const months = ['jan', 'feb', 'mar mac', 'apr', 'may mei', 'jun', 'jul', 'aug ogo', 'sep', 'oct okt', 'nov', 'dec dis']
const epoch = /^(?:(?<seconds>\d{10})(?:\.\d{1,6})?|(?<ms>\d{13}))$/

const minuteMs = 60_000

/** `Z`, `+08`, `+08:00` or `-0330` in milliseconds, null when it is no offset. */
const readOffset = (zone: string): number | null => {
  if (/^(?:z|utc|gmt)$/i.test(zone)) return 0
  const parts = /^(?:utc|gmt)?([+-])(\d\d)(?::?([0-5]\d))?$/i.exec(zone)
  if (!parts) return null
  const minutes = Number(parts[2]) * 60 + Number(parts[3] ?? 0)
  return minutes > 14 * 60 ? null : (parts[1] === '-' ? -1 : 1) * minutes * minuteMs
}

/** The same, for settings: throws a RangeError when `zone` is not `Z` or an offset such as `+08:00`. */
export const offsetMs = (zone: string): number => {
  const offset = readOffset(zone)
  if (offset === null) throw new RangeError(`A time zone offset must look like +08:00, not "${zone}".`)
  return offset
}

const isReal = (utc: Date, month: number, day: number): boolean =>
  utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day && utc.getUTCFullYear() >= 2000

/** 0 to 24, by either clock; null for `13 PM`, `0 AM` and the like. */
const readHour = (hour: number, half: string | undefined): number | null => {
  if (half === undefined) return hour
  return hour < 1 || hour > 12 ? null : (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}

/** Two digits are of this century. */
const readYear = (year = ''): number => Number(year.length === 2 ? `20${year}` : year)

/** What the digits say as if they were UTC, and the offset written with them, if any. */
type Written = { digitsMs: number; offset: number | null; hasFraction: boolean }

const readEpoch = (written: string): Written | null => {
  const parts = epoch.exec(written)?.groups
  if (!parts) return null
  const digitsMs = parts.ms ? Number(parts.ms) : Number(parts.seconds) * 1000
  return new Date(digitsMs).getUTCFullYear() < 2000 ? null : { digitsMs, offset: 0, hasFraction: digitsMs % 1000 > 0 }
}

const partsOf = (written: string) => {
  for (const notation of notations) {
    const parts = notation.exec(written)?.groups
    if (parts) return parts
  }
  return null
}

const readWritten = (raw: string): Written | null => {
  const written = raw.trim()
  const parts = partsOf(written)
  if (!parts) return readEpoch(written)
  const number = (name: string) => Number(parts[name] ?? 0)
  const [year, day, minute, second] = [readYear(parts.year), number('day'), number('minute'), number('second')]
  const name = parts.name?.slice(0, 3).toLowerCase()
  const month = name ? months.findIndex((names) => names.split(' ').includes(name)) + 1 : number('month')
  const hour = readHour(number('hour'), parts.half)
  const offset = parts.zone ? readOffset(parts.zone) : null
  if ((parts.zone && offset === null) || hour === null || minute > 59 || second > 59) return null
  if (hour > 23 && (hour > 24 || minute > 0 || second > 0)) return null
  if (!isReal(new Date(Date.UTC(year, month - 1, day)), month, day)) return null
  const ms = Number((parts.fraction ?? '').padEnd(3, '0').slice(0, 3))
  const digitsMs = Date.UTC(year, month - 1, day, hour, minute, second, ms)
  return { digitsMs, offset, hasFraction: parts.fraction !== undefined }
}

const toInstant = ({ digitsMs, hasFraction }: Written, offset: number, zoneGuessed: boolean): Instant => {
  const at = new Date(digitsMs - offset).toISOString()
  return { at: hasFraction ? at : at.replace('.000Z', 'Z'), zoneGuessed }
}

/**
 * Reads `2026-01-23T04:28:52.494Z` as it says and `2026-01-23 12:28:52`, `23/01/2026 12:28` (day first), `23 Jan 2026, 12:28:52 PM`, `23-Jan-26` in
 * `assumedZone`, flagged as guessed; ten or thirteen digits count from 1970. Null for anything else: impossible dates, years before 2000 (PHP's `0000-00-00`, the
 * epoch), other notations (`23/01/26` may begin with its year). The reading never depends on the clock, so that every poll reads alike.
 */
export const readInstant = (raw: string, assumedZone: string): Instant | null => {
  const written = readWritten(raw)
  return written && toInstant(written, written.offset ?? offsetMs(assumedZone), written.offset === null)
}

const clockSlackMs = minuteMs
const aheadMaxMs = (8 * 60 + 15) * minuteMs

/**
 * The same for a scan that is seen for the first time. Some couriers write local time and mark it as UTC, so that a scan seems to come hours after
 * the answer that tells it; where it is past in `localZone`, that is what they meant. Depends on the clock, so the reading is kept with the scan.
 */
export const readNewInstant = (
  raw: string,
  { zone, localZone, seenAt }: { zone: string; localZone: string; seenAt: Date },
): Instant | null => {
  const written = readWritten(raw)
  if (!written) return null
  const offset = written.offset ?? offsetMs(zone)
  const aheadMs = written.digitsMs - offset - seenAt.getTime()
  const isMarkedUtc = offset === 0 && aheadMs > clockSlackMs && aheadMs <= aheadMaxMs
  const local = isMarkedUtc ? offsetMs(localZone) : offset
  const isMeantLocal = isMarkedUtc && written.digitsMs - local <= seenAt.getTime()
  return isMeantLocal ? toInstant(written, local, true) : toInstant(written, offset, written.offset === null)
}

/** Whether seconds were written: a minute alone may be any second of it. */
export const saysSeconds = (raw: string): boolean => /\d:\d\d:\d\d|^\d{10,13}(?:\.\d+)?$/.test(raw.trim())
