import { type Language, localeOf } from './words.ts'

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

const agoOf = (format: Intl.RelativeTimeFormat, ms: number): string => {
  if (ms < 60_000) return format.format(0, 'minute')
  for (const [unit, size, max] of agoSteps) {
    const count = Math.floor(ms / size)
    if (count < max) return format.format(-count, unit)
  }
  return ''
}

export const createTimes = ({ language, timeZone, now }: Setting): Times => {
  const locale = localeOf[language]
  const format = (options: Intl.DateTimeFormatOptions, zone = timeZone) => {
    const made = new Intl.DateTimeFormat(locale, zone ? { ...options, timeZone: zone } : options)
    return (at: string | Date): string => made.format(new Date(at))
  }
  const date = format({ dateStyle: 'short' })
  const year = format({ year: 'numeric' })
  const clock = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const shortDay = format({ weekday: 'short', day: 'numeric', month: 'short' })
  const longDay = { weekday: 'long', day: 'numeric', month: 'long' } as const
  const withYear = (at: string | Date) =>
    year(at) === year(now) ? longDay : ({ ...longDay, year: 'numeric' } as const)
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const zonedToday = new Intl.DateTimeFormat('en-CA', timeZone ? { timeZone } : {}).format(now)
  return {
    clock,
    moment: (at) => (date(at) === date(now) ? clock(at) : `${shortDay(at)}, ${clock(at)}`),
    day: (at) => format(withYear(at))(at),
    ago: (at) => agoOf(relative, now.getTime() - Date.parse(at)),
    calendarDay: (day) => format(withYear(day), 'UTC')(day),
    isPastDay: (day) => day < zonedToday,
  }
}
