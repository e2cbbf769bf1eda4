import { dayOfNumber, numberOfDay } from '../checking/schedule/local-time.ts'
import { Refusal } from '../errors.ts'

const weeksMax = 58
const weeksUsual = 12

// Day 4 from 1970-01-01 was a Monday.
const mondayOf = (dayNumber: number): number => dayNumber - ((dayNumber + 3) % 7)

/** The Monday of a day's week. */
export const weekOf = (day: string): string => dayOfNumber(mondayOf(numberOfDay(day)))

/** Whole weeks, from a Monday to a Sunday; the last of them may not be over. */
export type AnalyticsSpan = { from: string; to: string }

/** The weeks in which these days are; without a word the last twelve. */
export const spanOfWeeks = ({
  from,
  to,
  today,
}: {
  from?: string | undefined
  to?: string | undefined
  today: string
}): AnalyticsSpan => {
  const last = mondayOf(numberOfDay(to ?? today))
  const first = from === undefined ? last - (weeksUsual - 1) * 7 : mondayOf(numberOfDay(from))
  if (first > last)
    throw new Refusal('validation', to === undefined ? 'from lies in the future.' : 'from must not come after to.')
  if (last - first >= weeksMax * 7)
    throw new Refusal('validation', `At most ${weeksMax} weeks can be asked for at once.`)
  return { from: dayOfNumber(first), to: dayOfNumber(last + 6) }
}
