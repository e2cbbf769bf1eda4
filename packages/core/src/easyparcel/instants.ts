/** One reading of a courier's date: `at` is ISO UTC with `Z`, to the second or to the millisecond as written. */
export type Instant = { at: string; zoneGuessed: boolean }

const written =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:(?:T| +)(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d{1,9}))?)?(?: *(?<zone>Z|[+-]\d\d:?\d\d))?)?$/i
const minuteMs = 60_000

/** `Z`, `+08:00` or `-0330` in milliseconds, null when it is no offset. */
const readOffset = (zone: string): number | null => {
  if (/^z$/i.test(zone)) return 0
  const parts = /^([+-])(\d\d):?([0-5]\d)$/.exec(zone)
  if (!parts) return null
  const minutes = Number(parts[2]) * 60 + Number(parts[3])
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

/**
 * Reads `2026-01-23T04:28:52.494Z` as it says and `2026-01-23 12:28:52` in `assumedZone`, flagged as guessed. Null for anything else: impossible
 * dates, years before 2000 (PHP's `0000-00-00`, the epoch), other notations. The reading never depends on the clock, so that every poll reads alike.
 */
export const readInstant = (raw: string, assumedZone: string): Instant | null => {
  const parts = written.exec(raw.trim())?.groups
  if (!parts) return null
  const [year, month, day, hour, minute, second] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map((name) =>
    Number(parts[name] ?? 0),
  ) as [number, number, number, number, number, number]
  const offset = parts.zone ? readOffset(parts.zone) : offsetMs(assumedZone)
  if (offset === null || hour > 23 || minute > 59 || second > 59) return null
  if (!isReal(new Date(Date.UTC(year, month - 1, day)), month, day)) return null
  const ms = Number((parts.fraction ?? '').padEnd(3, '0').slice(0, 3))
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms) - offset).toISOString()
  return { at: parts.fraction ? at : at.replace('.000Z', 'Z'), zoneGuessed: parts.zone === undefined }
}
