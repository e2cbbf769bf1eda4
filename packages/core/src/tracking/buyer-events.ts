import type { BuyerEvent, TrackingEvent } from '@jejak/contract'
import { compareEvents } from './merge-events.ts'
import { toPublicEvent } from './render-document.ts'

/** The scans as their buyer sees them, in the order of the public document: our words, and the courier's own. */
export const toBuyerEvents = (events: readonly TrackingEvent[]): BuyerEvent[] =>
  events
    .toSorted(compareEvents)
    .map((event) => ({ ...toPublicEvent(event), text: event.text, rawLocation: event.location }))
