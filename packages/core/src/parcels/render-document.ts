import { createHash } from 'node:crypto'
import {
  type BuyerEvent,
  type Freshness,
  type PublicDetail,
  type PublicEvent,
  publicDetailsOf,
  type TrackingDocument,
  type TrackingEvent,
} from '@jejak/contract'
import { detailsOf } from './details.ts'
import { publicLocation } from './public-location.ts'

export type RenderableTracking = Pick<TrackingDocument, 'trackingNumber' | 'status' | 'substatus'> &
  Partial<Pick<TrackingDocument, PublicDetail>> & {
    deliveredAt: Date | null
    events: readonly TrackingEvent[]
    isDemo: boolean
  }

// Nothing outside this file knows that a stored document lacks its closing brace.

/** The public document as it is stored: JSON that `finishDocument` completes with what is only known when it is read; `version` changes with it. */
export type RenderedDocument = { document: string; version: string }

/** Couriers write names and phone numbers into texts and locations: guests get our words and known places only. */
const toPublicEvent = ({ at, zoneGuessed, status, substatus, location, source }: TrackingEvent): PublicEvent => ({
  at: new Date(at).toISOString(),
  zoneGuessed,
  status,
  substatus,
  location: publicLocation(location),
  ...(source && { source }),
})

/** What the courier took back is for staff only. Of the same instant, the order in which they come is kept. */
const shownEvents = <Event extends TrackingEvent>(events: readonly Event[]): Event[] =>
  events.filter(({ gone }) => !gone).sort((a, b) => Date.parse(b.at) - Date.parse(a.at))

/** The scans as their buyer sees them, in the order of the public document: our words, and the courier's own. */
export const toBuyerEvents = (events: readonly TrackingEvent[]): BuyerEvent[] =>
  shownEvents(events).map((event) => ({ ...toPublicEvent(event), text: event.text, rawLocation: event.location }))

const versionLength = 16

/** A document but for what is only known when it is read. */
export type StoredDocument = Omit<TrackingDocument, 'freshness'>

const store = (whole: StoredDocument): RenderedDocument => {
  const document = JSON.stringify(whole).slice(0, -1)
  return { document, version: createHash('sha256').update(document).digest('hex').slice(0, versionLength) }
}

export const renderDocument = (tracking: RenderableTracking): RenderedDocument => {
  const whole = {
    trackingNumber: tracking.trackingNumber,
    ...publicDetailsOf(detailsOf(tracking)),
    status: tracking.status,
    substatus: tracking.substatus,
    deliveredAt: tracking.deliveredAt?.toISOString() ?? null,
    ...(tracking.isDemo ? { demo: true as const } : {}),
    events: shownEvents(tracking.events).map(toPublicEvent),
  } satisfies StoredDocument
  return store(whole)
}

export const readDocument = (document: string): StoredDocument => JSON.parse(`${document}}`)

/** A stored document with some of it changed. */
export const changeDocument = (document: string, change: Partial<Omit<StoredDocument, 'events'>>): RenderedDocument =>
  store({ ...readDocument(document), ...change })

/** The whole JSON text of a stored document. While EasyParcel does not know a number, readers are told since when it has been waiting. */
export const finishDocument = (
  { document, registeredAt }: { document: string; registeredAt: Date },
  freshness: Freshness,
): string => {
  const waiting = freshness.reason === 'number_unknown' ? `,"registeredAt":"${registeredAt.toISOString()}"` : ''
  return `${document}${waiting},"freshness":${JSON.stringify(freshness)}}`
}
