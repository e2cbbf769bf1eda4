import type { ParcelWrite, ScheduleChange } from '@jejak/db'
import { collectedBeforeMs, firstNumber, sampleDocument, sampleEvents } from './seed.ts'

/** One parcel of a seeded database, counted from 0. Ids follow the numbers from 1. */
export const seededParcel = (place: number) => ({ id: String(place + 1), trackingNumber: String(firstNumber + place) })

/** What a check writes about a parcel that moved on. */
export const aChange = (place: number, now: Date) => {
  const { id, trackingNumber } = seededParcel(place)
  const { document, version } = sampleDocument(trackingNumber, now)
  return {
    id,
    status: 'in_transit',
    substatus: 'sorting',
    events: JSON.stringify(sampleEvents(now)),
    document,
    documentVersion: version,
    collectedAt: new Date(now.getTime() - collectedBeforeMs),
    outForDeliveryAt: null,
    deliveredAt: null,
    confirmedAt: now,
    endedAt: null,
    attentionReason: null,
    changedAt: now,
  } satisfies ParcelWrite
}

/** What every check writes about a parcel, news or not. */
export const aSchedule = (place: number, now: Date): ScheduleChange => ({
  trackingId: seededParcel(place).id,
  checkedAt: now,
  checkedBy: 'scheduled',
  nextUpdateDue: new Date(now.getTime() + 7_200_000),
  updatePriority: 100,
  consecutiveFailures: 0,
  lastFailure: null,
  dueBecause: 'in transit 120',
  batchLimit: null,
  strikes: 0,
  struckAt: null,
  toldAgainAt: null,
})
