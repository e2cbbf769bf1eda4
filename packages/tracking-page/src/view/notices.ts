import type { Substatus, TrackingStatus } from '@jejak/contract'
import type { Word } from '../words/en.ts'
import { isWord } from '../words/words.ts'
import type { ShownDocument } from './shown-document.ts'

/** Why there is nothing to show; each has a heading, and all but `by_order` a text. */
export type Notice =
  | 'not_found'
  | 'looks_like_order'
  | 'by_order'
  | 'wrong_shape'
  | 'order_not_found'
  | 'too_many'
  | 'unavailable'
  | 'offline'

const longMs = 72 * 3_600_000

/** What to say instead of a history while the courier has not answered about a parcel, or does not know it. */
export const waitingNotice = (document: ShownDocument, now: Date): Word | null => {
  if (document.status !== 'pending' || document.events.length > 0) return null
  if (!document.freshness.checkedAt) return 'not_checked_yet'
  if (document.freshness.reason !== 'number_unknown') return null
  const since = Date.parse(document.registeredAt ?? document.freshness.changedAt)
  return now.getTime() - since >= longMs ? 'not_found_long' : 'not_known_yet'
}

/** What the customer should do now, if there are words for it. */
export const adviceFor = (status: TrackingStatus, substatus: Substatus | null): Word | null =>
  [`advice_${substatus}`, `advice_${status}`].find(isWord) ?? null

/** Whether the order form helps on. */
export const leadsToOrder = (notice: string): boolean =>
  ['looks_like_order', 'by_order', 'order_not_found'].includes(notice)

/** The notice for an answer that carries no document. */
export const noticeForStatus = (httpStatus: number): Notice => {
  if (httpStatus === 400 || httpStatus === 414) return 'wrong_shape'
  if (httpStatus === 404) return 'not_found'
  return httpStatus === 429 ? 'too_many' : 'unavailable'
}

/** Whether the same question may well get another answer in a moment. */
export const isPassing = (notice: Notice): boolean => ['offline', 'unavailable', 'too_many'].includes(notice)
