import type { Language } from '@jejak/contract'
import { table } from './table.ts'

/** Dates and times as a customer reads them, in one language and one time zone. */
export type Times = {
  /** `10:40` today, `Fri 23 Jan, 10:40` on another day. */
  moment: (at: string) => string
  clock: (at: string) => string
  /** `Friday, 23 January` of an instant; its year too if it is not this one. */
  day: (at: string) => string
  /** `12 minutes ago`, `just now` as the language says it. */
  ago: (at: string) => string
  calendarDay: (day: string) => string
  isPastDay: (day: string) => boolean
}

type Setting = { language: Language; timeZone: string | undefined; now: Date }

const agoSteps = [
  ['minute', 60_000, 91],
  ['hour', 3_600_000, 36],
  ['day', 86_400_000, Number.POSITIVE_INFINITY],
] as const

/** Time that has passed is not the calendar's: what is 36 hours old need not be of yesterday. */
const agoOf = (ms: number, language: Language): string => {
  for (const [unit, size, max] of agoSteps) {
    const count = Math.floor(ms / size)
    if (count < 1) break
    if (count < max) return new Intl.RelativeTimeFormat(table[language].locale).format(-count, unit)
  }
  return table[language].just_now
}

const made = new Map<string, Intl.DateTimeFormat>()

/** Making a format takes as long as using it a hundred times, so each is made once. */
const formatOf = (locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = locale + JSON.stringify(options)
  const format = made.get(key) ?? new Intl.DateTimeFormat(locale, options)
  made.set(key, format)
  return format
}

const longDay = { weekday: 'long', day: 'numeric', month: 'long' } as const

/** The name of a time zone, such as `Malaysia Time`. */
export const zoneNameOf = (language: Language, timeZone: string): string =>
  formatOf(table[language].locale, { timeZone, timeZoneName: 'longGeneric' })
    .formatToParts(0)
    .find(({ type }) => type === 'timeZoneName')?.value ?? timeZone

export const createTimes = ({ language, timeZone, now }: Setting): Times => {
  const format = (options: Intl.DateTimeFormatOptions, zone = timeZone) => {
    const kept = formatOf(table[language].locale, { ...options, timeZone: zone })
    return (at: string | Date): string => kept.format(new Date(at))
  }
  const date = format({ dateStyle: 'short' })
  const clock = format({ timeStyle: 'short', hourCycle: 'h23' })
  const shortDay = format({ weekday: 'short', day: 'numeric', month: 'short' })
  const year = format({ year: 'numeric' })
  const dayIn = (zone: string | undefined) => (at: string) =>
    format(year(at) === year(now) ? longDay : { ...longDay, year: 'numeric' }, zone)(at)
  const today = formatOf('en-CA', { timeZone }).format(now)
  return {
    clock,
    moment: (at) => (date(at) === date(now) ? clock(at) : `${shortDay(at)}, ${clock(at)}`),
    day: dayIn(timeZone),
    ago: (at) => agoOf(now.getTime() - Date.parse(at), language),
    calendarDay: dayIn('UTC'),
    isPastDay: (day) => day < today,
  }
}
