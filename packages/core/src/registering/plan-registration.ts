import { foldOrderNumber, type TrackingRegistration } from '@jejak/contract'
import type { Life } from '@jejak/db'

export type Outcome = 'created' | 'exists' | 'order_added' | 'renewed' | 'reopened'

/** An ended parcel may still be one of several orders for so long; later its number is that of another parcel. */
const sameParcelMs = 14 * 24 * 3_600_000
const ordersMax = 50

/** `isFull`: the parcel holds so many orders that this one was not added. `givesContact`: the order is there, and knew no contact of a kind that is named now. */
export type Planned = { outcome: Outcome; isFull?: boolean; reopens?: boolean; givesContact?: boolean }

/**
 * What registering a number again means for its life here. Another order joins a parcel that lives or ended lately, and begins a new life
 * once it ended long ago; the same order wakes a parcel that was given up, and may bring the contact that it came without; everything else leaves
 * the parcel as it is.
 */
export const planRegistration = (
  life: Omit<Life, 'id' | 'connectionId'>,
  { asked, now }: { asked: TrackingRegistration; now: Date },
): Planned => {
  const isLapsed = life.status === 'lapsed' && life.endedAt !== null
  const order = asked.orderNumber === undefined ? undefined : foldOrderNumber(asked.orderNumber)
  if (order === undefined || life.orders.includes(order)) {
    const givesContact = order !== undefined && bringsContact(life, order, asked)
    return isLapsed ? { outcome: 'reopened', reopens: true, givesContact } : { outcome: 'exists', givesContact }
  }
  // The first order that is named for a parcel says nothing against its being this one.
  const isFirst = life.orders.length === 0
  if (life.endedAt && !isFirst && now.getTime() - life.endedAt.getTime() > sameParcelMs) return { outcome: 'renewed' }
  if (life.orders.length >= ordersMax) return { outcome: 'exists', isFull: true }
  return { outcome: 'order_added', reopens: isLapsed }
}

/**
 * The same for what an old system tells: it neither begins a new life of a number nor wakes one. Another order joins a parcel that ended long ago only
 * if it was booked before that end.
 */
export const planPast = (
  life: Omit<Life, 'id' | 'connectionId'>,
  { asked, now }: { asked: TrackingRegistration; now: Date },
): Planned => {
  const { reopens: _, ...planned } = planRegistration(life, { asked, now })
  if (planned.outcome === 'reopened') return { ...planned, outcome: 'exists' }
  if (planned.outcome !== 'renewed') return planned
  const isOfThisLife = asked.bookedAt !== undefined && life.endedAt !== null && new Date(asked.bookedAt) <= life.endedAt
  return { outcome: isOfThisLife && life.orders.length < ordersMax ? 'order_added' : 'exists' }
}

const bringsContact = (
  { withoutEmail, withoutPhone }: Pick<Life, 'withoutEmail' | 'withoutPhone'>,
  order: string,
  { contact }: TrackingRegistration,
): boolean =>
  (contact?.email !== undefined && withoutEmail.includes(order)) ||
  (contact?.phone !== undefined && withoutPhone.includes(order))
