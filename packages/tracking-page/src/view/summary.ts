import { isComing } from '@jejak/contract'
import type { Times } from '../words/times.ts'
import { type Say, wordOf } from '../words/words.ts'
import type { Given } from './given.ts'
import type { ShownDocument, ShownEvent } from './shown-document.ts'

/** The status in the customer's words; a second, more precise line where the substatus adds one. */
export const headlineOf = (
  { status, substatus }: ShownDocument,
  say: Say,
): { title: string; precise: string | null } => {
  const title = say(`status_${status}`)
  const precise = substatus ? say(wordOf({ status, substatus })) : title
  return { title, precise: precise === title ? null : precise }
}

/** The day it is expected on, while that still holds. */
const expectedDay = (document: ShownDocument): string | null =>
  document.freshness.state !== 'final' && isComing(document) ? document.estimatedDelivery : null

/** When it came or is expected, if that is known and still true. */
export const arrivalOf = (document: ShownDocument, { say, times }: Pick<Given, 'say' | 'times'>): string | null => {
  const { status, deliveredAt } = document
  if (status === 'delivered') return deliveredAt ? `${times.day(deliveredAt)}, ${times.clock(deliveredAt)}` : null
  const day = expectedDay(document)
  return day && say(times.isPastDay(day) ? 'expected_late' : 'expected', { day: times.calendarDay(day) })
}

/** The calendar of a parcel whose day is still to come. */
export const calendarUrl = (document: ShownDocument, { times, language, api, shop }: Given): string | null => {
  const day = expectedDay(document)
  if (!day || times.isPastDay(day)) return null
  const query = new URLSearchParams({ lang: language, ...(shop && { shop }) })
  return `${api}/v1/track/${document.trackingNumber}/calendar.ics?${query}`
}

/** How many events are shown until all are asked for. */
export const shownEventsMax = 12

/** Events under the heading of their day, newest first. */
export const byDay = (events: readonly ShownEvent[], times: Times): { day: string; events: ShownEvent[] }[] => {
  const days: { day: string; events: ShownEvent[] }[] = []
  for (const event of events) {
    const day = times.day(event.at)
    const last = days.at(-1)
    if (last?.day === day) last.events.push(event)
    else days.push({ day, events: [event] })
  }
  return days
}
