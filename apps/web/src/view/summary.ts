import type { Times } from '../words/times.ts'
import { type Say, type Word, wordOf } from '../words/words.ts'
import type { ShownDocument, ShownEvent } from './shown-document.ts'

export type Tone = 'good' | 'busy' | 'warning' | 'bad' | 'calm'

const tones: Partial<Record<ShownDocument['status'], Tone>> = {
  delivered: 'good',
  ready_for_pickup: 'warning',
  attempt_failed: 'warning',
  on_hold: 'warning',
  returning: 'warning',
  exception: 'bad',
  pending: 'calm',
  info_received: 'calm',
  cancelled: 'calm',
  lapsed: 'calm',
  returned: 'calm',
  unknown: 'calm',
}

export const toneOf = ({ status }: Pick<ShownDocument, 'status'>): Tone => tones[status] ?? 'busy'

/** The status in the customer's words; a second, more precise line where the substatus adds one. */
export const headlineOf = (
  { status, substatus }: ShownDocument,
  say: Say,
): { title: string; precise: string | null } => {
  const title = say(`status_${status}`)
  const precise = substatus ? say(wordOf({ status, substatus })) : title
  return { title, precise: precise === title ? null : precise }
}

/** When it came or is expected, if that is known and still true. */
export const arrivalOf = (document: ShownDocument, { say, times }: { say: Say; times: Times }): string | null => {
  const { status, deliveredAt, estimatedDelivery } = document
  if (status === 'delivered')
    return deliveredAt ? say('delivered_at', { when: `${times.day(deliveredAt)}, ${times.clock(deliveredAt)}` }) : null
  if (!estimatedDelivery || document.freshness.state === 'final') return null
  const word: Word = times.isPastDay(estimatedDelivery) ? 'expected_late' : 'expected'
  return say(word, { day: times.calendarDay(estimatedDelivery) })
}

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
