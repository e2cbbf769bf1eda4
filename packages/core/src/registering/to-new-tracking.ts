import { foldOrderNumber, type TrackingRegistration } from '@jejak/contract'
import type { NewTracking, OrderRow } from '@jejak/db'
import { detailsOf, renderDocument } from '../parcels/index.ts'
import { type ContactKeys, hashContact } from './contact-hash.ts'
import type { RegisteringDeps } from './registering-deps.ts'

/** The order of a registration as it is kept: its number also in the one spelling that look-ups find, its contact as keyed hashes. */
export const toOrder = ([contactKey]: ContactKeys, { orderNumber, contact }: TrackingRegistration): OrderRow => ({
  orderNumber: orderNumber ?? null,
  orderFolded: orderNumber === undefined ? null : foldOrderNumber(orderNumber),
  ...hashContact(contactKey, contact),
})

/** The row of a parcel that no one has asked about yet: pending, with its document. */
export const toNewTracking = (
  { contactKeys, isDemo }: Pick<RegisteringDeps, 'contactKeys' | 'isDemo'>,
  registration: TrackingRegistration,
): NewTracking => {
  const said = { trackingNumber: registration.trackingNumber, ...detailsOf(registration) }
  const { document, version } = renderDocument({
    ...{ ...said, status: 'pending', substatus: null, deliveredAt: null, events: [], isDemo },
  })
  const { connectionId } = registration
  const where = connectionId === undefined ? {} : { connectionId }
  return { ...said, ...where, ...toOrder(contactKeys, registration), document, documentVersion: version }
}
