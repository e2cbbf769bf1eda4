import { z } from 'zod'

/** An instant as it travels: ISO 8601 in UTC, ending in `Z`. */
export const instant = z.iso.datetime({
  error: 'Write an instant as ISO 8601 in UTC, ending in Z, for example 2026-01-23T04:28:52Z.',
})

/** A calendar day in the shop's own time zone, `YYYY-MM-DD`. */
export const calendarDay = z.iso.date({ error: 'Write a day as YYYY-MM-DD, for example 2026-01-23.' })
