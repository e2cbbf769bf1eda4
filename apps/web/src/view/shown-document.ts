import type { BuyerDocument, BuyerEvent, PublicEvent, TrackingDocument } from '@jejak/contract'

/** A scan as shown; the courier's own words are there only for a reader who proved order and contact. */
export type ShownEvent = PublicEvent & Partial<BuyerEvent>

/** What the page can show: the public document, with what only some answers carry. */
export type ShownDocument = Omit<TrackingDocument, 'events'> &
  Partial<Pick<BuyerDocument, 'orderNumber' | 'shop'>> & { events: ShownEvent[] }
