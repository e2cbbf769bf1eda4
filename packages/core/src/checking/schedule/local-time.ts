const dayMs = 86_400_000
// Every zone changes its offset on a quarter of an hour, so an offset holds for the whole of one.
const slotMs = 900_000
const slotsMax = 50_000

type Zone = { format: Intl.DateTimeFormat; offsets: Map<number, number> }
const zones = new Map<string, Zone>()

const zoneOf = (timezone: string): Zone => {
  let zone = zones.get(timezone)
  if (!zone) {
    zone = {
      format: new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' }),
      offsets: new Map(),
    }
    zones.set(timezone, zone)
  }
  return zone
}

const readOffset = (zone: Zone, atMs: number): number => {
  const name = zone.format.formatToParts(atMs).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name)
  if (!match) return 0
  const sizeMs = (Number(match[2]) * 60 + Number(match[3])) * 60_000
  return match[1] === '-' ? -sizeMs : sizeMs
}

const offsetAt = (atMs: number, timezone: string): number => {
  const zone = zoneOf(timezone)
  const slot = Math.floor(atMs / slotMs)
  const known = zone.offsets.get(slot)
  if (known !== undefined) return known
  if (zone.offsets.size >= slotsMax) zone.offsets.clear()
  const offset = readOffset(zone, slot * slotMs)
  zone.offsets.set(slot, offset)
  return offset
}

/** A moment on a wall clock: `dayNumber` counts local days from 1970-01-01, `weekday` 0 is Sunday, `hour` has its fraction. */
export type LocalTime = { dayNumber: number; weekday: number; hour: number }

/** What the wall clock of `timezone` shows at `now`. */
export const localTime = (now: Date | number, timezone: string): LocalTime => {
  const atMs = Number(now)
  const shifted = atMs + offsetAt(atMs, timezone)
  const dayNumber = Math.floor(shifted / dayMs)
  return { dayNumber, weekday: (((dayNumber + 4) % 7) + 7) % 7, hour: (shifted - dayNumber * dayMs) / 3_600_000 }
}

/** The day `YYYY-MM-DD` of a day number. */
export const dayOfNumber = (dayNumber: number): string => new Date(dayNumber * dayMs).toISOString().slice(0, 10)

/** The day number of a day `YYYY-MM-DD`. */
export const numberOfDay = (day: string): number => Math.floor(Date.parse(`${day}T00:00:00Z`) / dayMs)

/** The local day `YYYY-MM-DD` that `now` is on. */
export const localDay = (now: Date, timezone: string): string => dayOfNumber(localTime(now, timezone).dayNumber)

/** The first instant of a local day, in ms; also where a clock change leaves no midnight. */
export const localDayStart = (dayNumber: number, timezone: string): number => {
  // No zone is more than 14 h ahead of UTC, none more than 12 h behind.
  const earliest = dayNumber * dayMs - 15 * 3_600_000
  for (let atMs = earliest; atMs < earliest + 30 * 3_600_000; atMs += slotMs)
    if (localTime(atMs, timezone).dayNumber >= dayNumber) return atMs
  throw new RangeError(`no start of local day ${dayNumber} in ${timezone}`)
}

/** Whether a local hour is in the quiet hours. */
export const isQuiet = (hour: number, quietHours: { readonly from: number; readonly to: number } | null): boolean => {
  if (quietHours === null) return false
  const { from, to } = quietHours
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to
}
