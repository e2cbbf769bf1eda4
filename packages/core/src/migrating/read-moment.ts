import { readDay, readInstant } from '@jejak/contract'

const parts = ['YYYY', 'YY', 'MM', 'M', 'DD', 'D', 'HH', 'H', 'mm', 'ss'] as const
type Part = (typeof parts)[number]
const digitsOf: Record<Part, string> = {
  ...{ YYYY: '(\\d{4})', YY: '(\\d{2})', MM: '(\\d{2})', M: '(\\d{1,2})', DD: '(\\d{2})', D: '(\\d{1,2})' },
  ...{ HH: '(\\d{2})', H: '(\\d{1,2})', mm: '(\\d{2})', ss: '(\\d{2})' },
}
const anyPart = new RegExp(parts.join('|'), 'g')
const patternMax = 40

type Pattern = { shape: RegExp; parts: Part[] }
const patterns = new Map<string, Pattern | null>()

/** How dates of a pattern such as `DD/MM/YYYY HH:mm` are read; null for what is no pattern of a day. */
export const datePattern = (text: string): Pattern | null => {
  const known = patterns.get(text)
  if (known !== undefined) return known
  const found = text.length > patternMax ? [] : ((text.match(anyPart) as Part[] | null) ?? [])
  const kinds = found.map((part) => (part.startsWith('m') ? 'minute' : part[0]))
  const isWhole = ['Y', 'M', 'D'].every((kind) => kinds.includes(kind)) && new Set(kinds).size === kinds.length
  const shape = text
    .split(anyPart)
    .map((between) => between.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
    .reduce((whole, between, place) => `${whole}${digitsOf[found[place - 1]!]}${between}`)
  const pattern = isWhole ? { shape: new RegExp(`^${shape}(?:\\.\\d+)?$`), parts: found } : null
  patterns.set(text, pattern)
  return pattern
}

const formats = new Map<string, Intl.DateTimeFormat>()
const formatOf = (zone: string): Intl.DateTimeFormat => {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-CA', {
      ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    })
  formats.set(zone, format)
  return format
}

export const isZone = (zone: string): boolean => {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/** What clocks of a zone show at an instant, as if they showed UTC. */
const wallMs = (ms: number, zone: string): number => {
  const shown = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const [year, month, day] = [shown.get('year')!, shown.get('month')!, shown.get('day')!]
  return Date.UTC(year, month - 1, day, shown.get('hour'), shown.get('minute'), shown.get('second'))
}

/** The instant at which clocks of a zone show this; of two, the earlier one. */
const instantOfWall = (wall: number, zone: string): number => {
  const guess = wall - (wallMs(wall, zone) - wall)
  return wall - (wallMs(guess, zone) - guess)
}

/** A moment of an old system: its instant, and the day that its clocks showed. */
export type OldMoment = { instant: string; day: string }

const toMoment = (ms: number, zone: string): OldMoment | undefined => {
  const instant = new Date(ms)
  if (Number.isNaN(ms) || readInstant(instant.toISOString()) === undefined) return undefined
  return { instant: instant.toISOString(), day: new Date(wallMs(ms, zone)).toISOString().slice(0, 10) }
}

const wallOf = (text: string, { shape, parts: named }: Pattern): number | undefined => {
  const values = shape.exec(text)?.slice(1)
  if (!values) return undefined
  const of = (...kinds: Part[]) => Number(values[named.findIndex((part) => kinds.includes(part))] ?? 0)
  const year = of('YYYY', 'YY')
  const full = year < 100 ? 2000 + year : year
  const [month, day, hour, minute, second] = [of('MM', 'M'), of('DD', 'D'), of('HH', 'H'), of('mm'), of('ss')]
  const at = new Date(Date.UTC(full, month - 1, day, hour, minute, second))
  const isReal = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return isReal ? at.getTime() : undefined
}

/**
 * The moment in a cell. With a pattern exactly so; without one as people and databases usually write it, days before months. Clocks of `zone` are meant where
 * the cell names no zone. Undefined for what is no date of the years 2000 to 2100.
 */
export const readMoment = (
  text: string,
  { format, zone }: { format?: string | undefined; zone: string },
): OldMoment | undefined => {
  if (format === 'unix' || format === 'unix-ms')
    return /^-?\d{1,15}(?:\.\d+)?$/.test(text)
      ? toMoment(Number(text) * (format === 'unix' ? 1000 : 1), zone)
      : undefined
  if (format !== undefined) {
    const wall = wallOf(text, datePattern(format)!)
    return wall === undefined ? undefined : toMoment(instantOfWall(wall, zone), zone)
  }
  // A cell that names its zone already can name no second one.
  const wall = readInstant(`${text}Z`)
  if (wall !== undefined) return toMoment(instantOfWall(Date.parse(wall), zone), zone)
  const instant = readInstant(text)
  return instant === undefined ? undefined : { instant, day: readDay(text)! }
}
