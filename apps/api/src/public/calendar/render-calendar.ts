import { isComing, type Language, type TrackingDocument } from '@jejak/contract'
import { dayOfNumber, localTime, numberOfDay } from '@jejak/core/checking/overview'
import { courierName, createSay } from '@jejak/tracking-page/page'
import { icalText, toIcal } from './ical-lines.ts'

export type CalendarInput = {
  document: Omit<TrackingDocument, 'freshness' | 'events'>
  changedAt: Date
  /** Where this installation is reached; its host makes the event's id unlike any other's. */
  publicUrl: string
  /** The zone in which a delivery falls on a day. */
  timezone: string
  language: Language
}

const sequenceStart = Date.UTC(2020, 0) / 1000
const refreshEvery = 'PT1H'

const stamp = (instant: Date): string => `${instant.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
const compactDay = (dayNumber: number): string => dayOfNumber(dayNumber).replaceAll('-', '')

// iCalendar writes years with four digits, and no parcel comes before or after these.
const [firstDay, lastDay] = [numberOfDay('2000-01-01'), numberOfDay('2100-12-31')]

/** The day to show and what it is: the delivery itself, else the day that was promised, unless nothing is known. */
const occasionOf = ({ document, timezone }: CalendarInput) => {
  const { deliveredAt, estimatedDelivery } = document
  if (deliveredAt !== null) {
    const { dayNumber } = localTime(new Date(deliveredAt), timezone)
    return { dayNumber, word: 'calendar_delivered', status: 'CONFIRMED' } as const
  }
  if (estimatedDelivery === null) return undefined
  const dayNumber = numberOfDay(estimatedDelivery)
  return isComing(document)
    ? ({ dayNumber, word: 'calendar_expected', status: 'TENTATIVE' } as const)
    : ({ dayNumber, word: 'calendar_cancelled', status: 'CANCELLED' } as const)
}

/** Same id and a higher sequence after each change: calendars move the event they have instead of adding one. */
const eventLines = (input: CalendarInput): string[] => {
  const occasion = occasionOf(input)
  if (!occasion || occasion.dayNumber < firstDay || occasion.dayNumber > lastDay) return []
  const { document, changedAt, publicUrl, language } = input
  const { trackingNumber, courier } = document
  const say = createSay(language)
  const url = `${publicUrl}/t/${trackingNumber}`
  const parcel = courier === null ? trackingNumber : `${courierName(courier)} ${trackingNumber}`
  const details = [say('calendar_details', { url }), ...(document.demo ? [say('demo')] : [])]
  const at = stamp(changedAt)
  return [
    'BEGIN:VEVENT',
    `UID:${trackingNumber}@${new URL(publicUrl).host}`,
    `DTSTAMP:${at}`,
    `LAST-MODIFIED:${at}`,
    `SEQUENCE:${Math.max(0, Math.floor(changedAt.getTime() / 1000) - sequenceStart)}`,
    `DTSTART;VALUE=DATE:${compactDay(occasion.dayNumber)}`,
    `DTEND;VALUE=DATE:${compactDay(occasion.dayNumber + 1)}`,
    `SUMMARY:${icalText(say(occasion.word, { parcel }))}`,
    `DESCRIPTION:${icalText(details.join('\n'))}`,
    `URL:${url}`,
    `STATUS:${occasion.status}`,
    'TRANSP:TRANSPARENT',
    'CLASS:PRIVATE',
    'END:VEVENT',
  ]
}

// RFC 5545 §3.6 wants at least one component, also in the calendar of a parcel of which no day is known.
const timeZoneLines = [
  'BEGIN:VTIMEZONE',
  'TZID:Etc/UTC',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0000',
  'END:STANDARD',
  'END:VTIMEZONE',
]

/** One parcel as an iCalendar feed (RFC 5545, 7986): its day as an all-day event, nothing about whom it is for. */
export const renderCalendar = (input: CalendarInput): string => {
  const name = icalText(createSay(input.language)('calendar_name', { number: input.document.trackingNumber }))
  return toIcal([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Jejak//Parcel tracking//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${name}`,
    `X-WR-CALNAME:${name}`,
    `REFRESH-INTERVAL;VALUE=DURATION:${refreshEvery}`,
    `X-PUBLISHED-TTL:${refreshEvery}`,
    ...timeZoneLines,
    ...eventLines(input),
    'END:VCALENDAR',
  ])
}
