import type { BuyerEvent, TrackingEvent } from '@jejak/contract'
import { shownEvents, toPublicEvent } from './render-document.ts'

/** The scans as their buyer sees them, in the order of the public document: our words, and the courier's own. */
export const toBuyerEvents = (events: readonly TrackingEvent[]): BuyerEvent[] =>
  shownEvents(events).map((event) => ({ ...toPublicEvent(event), text: event.text, rawLocation: event.location }))
