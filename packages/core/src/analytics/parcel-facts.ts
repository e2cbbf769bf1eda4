import type { TrackingStatus } from '@jejak/contract'
import type { ParcelFacts, ParcelOutcome, ParcelToCount } from '@jejak/db'
import { localDay } from '../checking/schedule/local-time.ts'
import { deriveStatus } from '../parcels/derive-status.ts'
import { readStoredScans } from '../parcels/stored-scans.ts'
import { type ReadEvent, toEvents } from '../parcels/to-events.ts'
import { weekOf } from './analytics-span.ts'
import { transitBucket } from './transit-buckets.ts'

/** A parcel that fell silent after it was said to be lost is lost. */
const outcomeOf = (status: string, events: readonly ReadEvent[]): ParcelOutcome => {
  if (status === 'delivered' || status === 'returned' || status === 'cancelled') return status
  return deriveStatus(events).substatus === 'lost' ? 'lost' : 'lapsed'
}

const failed: readonly TrackingStatus[] = ['attempt_failed']

/** Null where no courier told of the delivery: nothing is then known of attempts. */
const wasFirstAttempt = (events: readonly ReadEvent[]): boolean | null => {
  const { decidedBy } = deriveStatus(events)
  if (!decidedBy || decidedBy.source === 'staff' || decidedBy.source === 'import') return null
  return !events.some(({ status, ms, gone }) => failed.includes(status) && !gone && ms <= decidedBy.ms)
}

/** What a parcel is counted as; null for one that is on its way. */
export const parcelFacts = (parcel: ParcelToCount, { timezone }: { timezone: string }): ParcelFacts | null => {
  const { endedAt, deliveredAt, collectedAt, estimatedDelivery, courier, state } = parcel
  if (!endedAt) return null
  const events = toEvents(readStoredScans(parcel.events, parcel.api))
  const outcome = outcomeOf(parcel.status, events)
  const day = localDay(endedAt, timezone)
  const isDelivered = outcome === 'delivered'
  return {
    ...{ week: weekOf(day), courier: courier ?? '', state: state ?? '', outcome },
    firstAttempt: isDelivered ? wasFirstAttempt(events) : null,
    late: isDelivered && estimatedDelivery !== null ? day > estimatedDelivery : null,
    bucket: isDelivered && collectedAt && deliveredAt ? transitBucket({ from: collectedAt, to: deliveredAt }) : null,
  }
}
