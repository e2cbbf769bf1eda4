import { calendarDay, instant } from '@jejak/contract'
import { localDayStart, numberOfDay } from '@jejak/core/checking'
import { CliError } from './cli-error.ts'

const dayMs = 86_400_000

/** When something ends that lasts `90d`, until the end of a local day, or until an instant. Throws a usage error for anything else, or the past. */
export const parseExpiry = (text: string, { now, timezone }: { now: Date; timezone: string }): Date => {
  const endsAt = read(text, now, timezone)
  if (!endsAt)
    throw new CliError(`--expires takes days from now (90d), a day (2027-01-31) or a time, not ${text}.`, {
      exitCode: 2,
    })
  if (endsAt <= now) throw new CliError(`--expires is in the past: ${endsAt.toISOString()}.`, { exitCode: 2 })
  return endsAt
}

const read = (text: string, now: Date, timezone: string): Date | undefined => {
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? []
  if (days) return new Date(now.getTime() + Number(days) * dayMs)
  if (calendarDay.safeParse(text).success) return new Date(localDayStart(numberOfDay(text) + 1, timezone))
  return instant.safeParse(text).success ? new Date(text) : undefined
}
