import type { TrackingRegistration } from '@jejak/contract'
import type { NewTracking } from '@jejak/db'
import { renderDocument } from '../tracking/index.ts'
import { hashContact } from './contact-hash.ts'
import type { RegisteringDeps } from './registering-deps.ts'

/** The row of a parcel that nobody has asked about yet: pending, with its document and its contact as keyed hashes. */
export const toNewTracking =
  ({ contactKey, isDemo }: Pick<RegisteringDeps, 'contactKey' | 'isDemo'>) =>
  ({ trackingNumber, courier, orderNumber, contact, estimatedDelivery }: TrackingRegistration): NewTracking => {
    const shown = { trackingNumber, courier: courier ?? null, estimatedDelivery: estimatedDelivery ?? null }
    const { document, version } = renderDocument({
      ...shown,
      status: 'pending',
      substatus: null,
      deliveredAt: null,
      events: [],
      isDemo,
    })
    return {
      ...shown,
      orderNumber: orderNumber ?? null,
      ...hashContact(contactKey, contact),
      document,
      documentVersion: version,
    }
  }
