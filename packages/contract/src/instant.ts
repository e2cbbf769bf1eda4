import { z } from 'zod'
import { foldTyped } from './fold-typed.ts'

const [yearMin, yearMax] = [2000, 2100]
const isOfOurTime = (text: string): boolean =>
  Number(text.slice(0, 4)) >= yearMin && Number(text.slice(0, 4)) <= yearMax

/** An instant as it travels: ISO 8601 in UTC, ending in `Z`. */
export const instant = z.iso.datetime({
  error: 'Write a time as ISO 8601 in UTC, ending in Z, for example 2026-01-23T04:28:52Z.',
  // What is no time is told so, and nothing about its year.
  abort: true,
})

/** A calendar day in the shop's own time zone, `YYYY-MM-DD`. */
export const calendarDay = z.iso.date({ error: 'Write a day as YYYY-MM-DD, for example 2026-01-23.' })

/** An instant to compare with: years outside of ours break databases and calendars. */
export const instantGiven = instant.refine(isOfOurTime, `Write a year from ${yearMin} to ${yearMax}.`)

const clock = String.raw`(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? ?([AP]M)?)?`
const zone = '(Z|[+-]\\d{2}(?::?\\d{2})?)?'
const yearFirst = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${clock} ?${zone}$`, 'i')
const dayFirst = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${clock} ?${zone}$`, 'i')
const named = new RegExp(`^(\\d{1,2})[ -]([A-Z]{3,9})[ ,-]*(\\d{4}|\\d{2})${clock} ?${zone}$`, 'i')
const monthFirst = new RegExp(`^([A-Z]{3,9})[ .-]+(\\d{1,2})[ ,-]+(\\d{4})${clock} ?${zone}$`, 'i')
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const malayMonths = 'jan feb mac apr mei jun jul ogo sep okt nov dis'.split(' ')

const monthOf = (name: string): number => {
  const start = name.slice(0, 3).toLowerCase()
  return Math.max(months.indexOf(start), malayMonths.indexOf(start)) + 1
}

/** A moment as people and spreadsheets write it: its day, its time of day and its zone where they say so. */
type Moment = { day: string; hour: number; minute: number; second: number; zone: string | undefined }

const toMoment = (year: string, month: number, day: string, rest: (string | undefined)[]): Moment | undefined => {
  const [hour, minute, second, half, zone] = rest
  const text = `${year.padStart(4, '20')}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`
  if (!calendarDay.safeParse(text).success || !isOfOurTime(text)) return undefined
  const inDay = half ? (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0) : Number(hour ?? 0)
  if (inDay > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return undefined
  return { day: text, hour: inDay, minute: Number(minute ?? 0), second: Number(second ?? 0), zone }
}

const readMoment = (typed: string): Moment | undefined => {
  const text = foldTyped(typed)
  if (text.length > 60) return undefined
  const year = text.match(yearFirst)
  if (year) return toMoment(year[1]!, Number(year[3]), year[4]!, year.slice(5))
  const day = text.match(dayFirst)
  if (day) return toMoment(day[4]!, Number(day[3]), day[1]!, day.slice(5))
  const name = text.match(named)
  if (name) return toMoment(name[3]!, monthOf(name[2]!), name[1]!, name.slice(4))
  const month = text.match(monthFirst)
  if (month) return toMoment(month[3]!, monthOf(month[1]!), month[2]!, month.slice(4))
  return undefined
}

/** Malaysia's time, which knows no summer. */
const localOffset = '+08:00'
const localMs = 8 * 3_600_000

/** The instant in a cell, in UTC; Malaysian time where it names no zone, midnight where it names no time of day. */
export const readInstant = (typed: string): string | undefined => {
  const moment = readMoment(typed)
  if (!moment) return undefined
  const two = (value: number) => String(value).padStart(2, '0')
  const { day, hour, minute, second, zone = localOffset } = moment
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
  const at = new Date(`${day}T${two(hour)}:${two(minute)}:${two(second)}${offset}`)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/** The day in a cell, `YYYY-MM-DD`; days come before months, as Malaysia writes them, and a time of day behind it is left out. */
export const readDay = (typed: string): string | undefined => {
  const moment = readMoment(typed)
  const at = moment?.zone && readInstant(typed)
  return at ? new Date(Date.parse(at) + localMs).toISOString().slice(0, 10) : moment?.day
}

const dayProblem = 'Write a day such as 2026-01-23 or 23/01/2026, of the years 2000 to 2100.'
const instantProblem = 'Write a time such as 2026-01-23T04:28:52Z or 23/01/2026 12:28, of the years 2000 to 2100.'

/** A day that a shop sends, in any of its usual spellings. */
export const dayGiven = z
  .string({ error: dayProblem })
  .overwrite((typed) => readDay(typed) ?? typed)
  .refine((text) => readDay(text) === text, dayProblem)
  .meta({ format: 'date', examples: ['2026-01-23'] })

/** A moment that a shop sends, in any of its usual spellings. */
export const momentGiven = z
  .string({ error: instantProblem })
  .overwrite((typed) => readInstant(typed) ?? typed)
  .refine((text) => readInstant(text) === text, instantProblem)
  .meta({ format: 'date-time', examples: ['2026-01-23T04:28:52Z'] })
