import Holidays from 'date-holidays'
import type { CheckingSettings } from '../settings.ts'
import { dayOfNumber, isQuiet, localTime, numberOfDay } from './local-time.ts'

/** What slows checks down at an instant: the local day, whether people rest on it, and whether it is night. */
export type Calendar = {
  day(now: Date): string
  restDay(now: Date): 'weekend' | 'holiday' | null
  isNight(now: Date): boolean
}

const dayMs = 86_400_000
const daysMax = 5000

const publicHolidays = (region: string, year: number): number[] => {
  if (region === 'off') return []
  const [country = '', state] = region.split('-')
  const source = state === undefined ? new Holidays(country) : new Holidays(country, state)
  return source
    .getHolidays(year)
    .filter(({ type }) => type === 'public')
    .flatMap(({ date, start, end }) => {
      // The wall-clock date: Islamic holidays carry an odd offset, so their instants are hours off.
      const first = numberOfDay(date.slice(0, 10))
      const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / dayMs))
      return Array.from({ length: days }, (_, day) => first + day)
    })
}

/** Whether public holidays of a country or state are known. */
export const knowsHolidaysOf = (region: string): boolean => {
  if (region === 'off') return true
  const [country = '', state] = region.split('-')
  const known = new Holidays()
  return (
    Object.hasOwn(known.getCountries(), country) &&
    (state === undefined || Object.hasOwn(known.getStates(country) ?? {}, state))
  )
}

const years = new Map<string, ReadonlySet<number>>()
const yearsMax = 500

/** Working a year out takes milliseconds, and shops share their regions. */
const holidaysOf = (region: string, year: string): ReadonlySet<number> => {
  const key = `${region} ${year}`
  const known = years.get(key)
  if (known) return known
  if (years.size >= yearsMax) years.clear()
  const holidays = new Set(publicHolidays(region, Number(year)))
  years.set(key, holidays)
  return holidays
}

const holidayCheck = ({ holidayRegion, holidayOverrides }: CheckingSettings) => {
  const added = new Set(holidayOverrides.filter((day) => !day.startsWith('-')).map(numberOfDay))
  const removed = new Set(holidayOverrides.filter((day) => day.startsWith('-')).map((day) => numberOfDay(day.slice(1))))
  return (dayNumber: number): boolean => {
    if (removed.has(dayNumber)) return false
    if (added.has(dayNumber)) return true
    return holidaysOf(holidayRegion, dayOfNumber(dayNumber).slice(0, 4)).has(dayNumber)
  }
}

type CalendarDay = { day: string; restDay: 'weekend' | 'holiday' | null }

const calendars = new WeakMap<CheckingSettings, Calendar>()

/** The calendar of these settings: the same as long as they are. */
export const calendarOf = (settings: CheckingSettings): Calendar => {
  const known = calendars.get(settings)
  if (known) return known
  const calendar = createCalendar(settings)
  calendars.set(settings, calendar)
  return calendar
}

/** A calendar with days of rest; it remembers the days it was asked about. */
export const createCalendar = (settings: CheckingSettings): Calendar => {
  const { timezone, quietHours } = settings
  const restDays = new Set(settings.restDays)
  const isHoliday = holidayCheck(settings)
  const days = new Map<number, CalendarDay>()
  const dayAt = (now: Date): CalendarDay => {
    const { dayNumber, weekday } = localTime(now, timezone)
    const known = days.get(dayNumber)
    if (known) return known
    if (days.size >= daysMax) days.clear()
    const restDay = restDays.has(weekday) ? 'weekend' : isHoliday(dayNumber) ? 'holiday' : null
    const day: CalendarDay = { day: dayOfNumber(dayNumber), restDay }
    days.set(dayNumber, day)
    return day
  }
  return {
    day: (now) => dayAt(now).day,
    restDay: (now) => dayAt(now).restDay,
    isNight: (now) => isQuiet(localTime(now, timezone).hour, quietHours),
  }
}
