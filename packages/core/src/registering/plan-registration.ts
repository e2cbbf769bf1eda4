import { foldOrderNumber, type TrackingRegistration } from '@jejak/contract'
import type { Life } from '@jejak/db'

export type Outcome = 'created' | 'exists' | 'order_added' | 'renewed' | 'reopened'

/** An ended parcel may still be one of several orders for so long; later its number is that of another parcel. */
const sameParcelMs = 14 * 24 * 3_600_000
const ordersMax = 50

/** `isFull`: the parcel holds so many orders that this one was not added. */
export type Planned = { outcome: Outcome; isFull?: boolean; reopens?: boolean }

/**
 * What registering a number again means for its life here. Another order joins a parcel that lives or ended lately, and begins a new life
 * once it ended long ago; the same order wakes a parcel that was given up; everything else leaves it as it is.
 */
export const planRegistration = (
  life: Pick<Life, 'status' | 'endedAt' | 'orders'>,
  { asked, now }: { asked: TrackingRegistration; now: Date },
): Planned => {
  const isLapsed = life.status === 'lapsed' && life.endedAt !== null
  const isOther = asked.orderNumber !== undefined && !life.orders.includes(foldOrderNumber(asked.orderNumber))
  if (!isOther) return isLapsed ? { outcome: 'reopened', reopens: true } : { outcome: 'exists' }
  // The first order that is named for a parcel says nothing against its being this one.
  const isFirst = life.orders.length === 0
  if (life.endedAt && !isFirst && now.getTime() - life.endedAt.getTime() > sameParcelMs) return { outcome: 'renewed' }
  if (life.orders.length >= ordersMax) return { outcome: 'exists', isFull: true }
  return { outcome: 'order_added', reopens: isLapsed }
}
