import { createHash } from 'node:crypto'
import type { Freshness, PublicEvent, TrackingDocument, TrackingEvent } from '@jejak/contract'
import { compareEvents } from './merge-events.ts'
import { publicLocation } from './public-location.ts'

export type RenderableTracking = Pick<
  TrackingDocument,
  'trackingNumber' | 'courier' | 'status' | 'substatus' | 'estimatedDelivery'
> & { deliveredAt: Date | null; events: readonly TrackingEvent[]; isDemo: boolean }

/** The public document as text without its closing brace, so that freshness can be added at read time; `version` changes with it. */
export type RenderedDocument = { document: string; version: string }

/** Couriers write names and phone numbers into texts and locations: guests get our words and known places only. */
export const toPublicEvent = ({ at, zoneGuessed, status, substatus, location }: TrackingEvent): PublicEvent => ({
  at: new Date(at).toISOString(),
  zoneGuessed,
  status,
  substatus,
  location: publicLocation(location),
})

const versionLength = 16

export const renderDocument = (tracking: RenderableTracking): RenderedDocument => {
  const whole = {
    trackingNumber: tracking.trackingNumber,
    courier: tracking.courier,
    status: tracking.status,
    substatus: tracking.substatus,
    deliveredAt: tracking.deliveredAt?.toISOString() ?? null,
    estimatedDelivery: tracking.estimatedDelivery,
    ...(tracking.isDemo ? { demo: true as const } : {}),
    events: tracking.events.toSorted(compareEvents).map(toPublicEvent),
  } satisfies Omit<TrackingDocument, 'freshness'>
  const document = JSON.stringify(whole).slice(0, -1)
  return { document, version: createHash('sha256').update(document).digest('hex').slice(0, versionLength) }
}

/** The finished JSON text of a stored document. */
export const spliceFreshness = (document: string, freshness: Freshness): string =>
  `${document},"freshness":${JSON.stringify(freshness)}}`
