import type { Substatus, TrackingPatch, TrackingStatus } from '@jejak/contract'
import { type LockedForShop, lockTrackingForShop, saveShopChange } from '@jejak/db'
import { readEvents, renderDocument } from '../tracking/index.ts'
import { hashContact } from './contact-hash.ts'
import type { RegisteringDeps } from './registering-deps.ts'

type ChangeDeps = Pick<RegisteringDeps, 'db' | 'clock' | 'contactKey' | 'isDemo'>
type Changing = { organizationId: string; trackingId: string; patch: TrackingPatch }

/** Changes what a shop may change, and renders the public document anew; a patch that changes nothing writes nothing. False: no such tracking. */
export const changeTracking = (deps: ChangeDeps, { patch, ...which }: Changing): Promise<boolean> =>
  deps.db.transaction(async (tx) => {
    const [row, now] = await Promise.all([lockTrackingForShop(tx, which), deps.clock(tx)])
    if (!row) return false
    const patched = applyPatch(row, patch, deps.contactKey)
    if (patchedColumns.every((column) => patched[column] === row[column])) return true
    const { document, version } = renderDocument({
      ...patched,
      status: row.status as TrackingStatus,
      substatus: row.substatus as Substatus | null,
      events: readEvents(row.events),
      isDemo: deps.isDemo,
    })
    await saveShopChange(tx, row.id, { ...patched, document, documentVersion: version, changedAt: now })
    return true
  })

const patchedColumns = ['courier', 'orderNumber', 'estimatedDelivery', 'contactEmailHmac', 'contactPhoneHmac'] as const

/** What is absent stays, null removes; a contact is one value and is replaced as a whole. */
const applyPatch = (row: LockedForShop, patch: TrackingPatch, contactKey: Buffer): LockedForShop => ({
  ...row,
  courier: patch.courier === undefined ? row.courier : patch.courier,
  orderNumber: patch.orderNumber === undefined ? row.orderNumber : patch.orderNumber,
  estimatedDelivery: patch.estimatedDelivery === undefined ? row.estimatedDelivery : patch.estimatedDelivery,
  ...(patch.contact === undefined ? {} : hashContact(contactKey, patch.contact)),
})
