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

const holidayCheck = ({ holidayRegion, holidayOverrides }: CheckingSettings) => {
  const added = new Set(holidayOverrides.filter((day) => !day.startsWith('-')).map(numberOfDay))
  const removed = new Set(holidayOverrides.filter((day) => day.startsWith('-')).map((day) => numberOfDay(day.slice(1))))
  const years = new Map<string, Set<number>>()
  return (dayNumber: number): boolean => {
    if (removed.has(dayNumber)) return false
    if (added.has(dayNumber)) return true
    const year = dayOfNumber(dayNumber).slice(0, 4)
    if (!years.has(year)) years.set(year, new Set(publicHolidays(holidayRegion, Number(year))))
    return years.get(year)!.has(dayNumber)
  }
}

type CalendarDay = { day: string; restDay: 'weekend' | 'holiday' | null }

/** A calendar with Saturday and Sunday as days of rest; it remembers the days it was asked about. */
export const createCalendar = (settings: CheckingSettings): Calendar => {
  const { timezone, quietHours } = settings
  const isHoliday = holidayCheck(settings)
  const days = new Map<number, CalendarDay>()
  const dayAt = (now: Date): CalendarDay => {
    const { dayNumber, weekday } = localTime(now, timezone)
    const known = days.get(dayNumber)
    if (known) return known
    if (days.size >= daysMax) days.clear()
    const restDay = weekday === 0 || weekday === 6 ? 'weekend' : isHoliday(dayNumber) ? 'holiday' : null
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
