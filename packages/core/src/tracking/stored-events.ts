import type { TrackingEvent } from '@jejak/contract'

/** The scans of a parcel as its row keeps them: JSON. */
export const writeEvents = (events: readonly TrackingEvent[]): string => JSON.stringify(events)

/** Reads what `writeEvents` wrote. */
export const readEvents = (stored: string): TrackingEvent[] => JSON.parse(stored)
