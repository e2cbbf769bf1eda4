import { foldOrderNumber, type TrackingRegistration } from '@jejak/contract'
import type { Life } from '@jejak/db'

/** The life of a parcel that has just been registered, with the account that it names or else this one. */
export const newLife = (
  { id, connectionId }: Pick<Life, 'id' | 'connectionId'>,
  registration: TrackingRegistration,
): Life => {
  const nothing = { orders: [], withoutEmail: [], withoutPhone: [] }
  return noteOrder(
    { id, connectionId: registration.connectionId ?? connectionId, status: 'pending', endedAt: null, ...nothing },
    registration,
  )
}

/** The same order may be in the list once more. */
export const noteOrder = (life: Life, { orderNumber, contact }: TrackingRegistration): Life => {
  if (orderNumber === undefined) return life
  const order = foldOrderNumber(orderNumber)
  life.orders.push(order)
  if (contact?.email === undefined) life.withoutEmail.push(order)
  if (contact?.phone === undefined) life.withoutPhone.push(order)
  return life
}
