import { foldOrderNumber } from '@jejak/contract'
import {
  addContacts,
  addOrders,
  type BookingToDetail,
  findLives,
  findToDetail,
  noteDetailsTry,
  type ShopTx,
  saveDetails,
} from '@jejak/db'
import { syncActor } from '../actor.ts'
import { recordChanges } from '../changes/index.ts'
import type { ShipmentDetails } from '../easyparcel/client/easyparcel-client.ts'
import { EasyParcelError } from '../easyparcel/client/easyparcel-error.ts'
import { toOrder } from '../registering/to-new-tracking.ts'
import { answered, askOnce, closeSyncCall, passesSoon } from './close-sync-call.ts'
import { openSyncCall, type SyncStop } from './open-sync-call.ts'
import type { SyncDeps, SyncRun } from './sync-deps.ts'

const triesMax = 3
const nothingLeft: SyncStop = { reason: 'nothing_due', retryAt: null }

/** The details of one booking, parcels on their way first: one call. Null when the run may go on, else why not. */
export const askDetails = async (deps: SyncDeps, run: SyncRun): Promise<SyncStop | null> => {
  const { checks } = deps
  const { connectionId, organizationId } = run
  const shop = checks.db.ofShop(organizationId)
  if (!(await findToDetail(shop.sql, { connectionId, triesMax }))) return nothingLeft
  const call = await openSyncCall(deps, { run, what: 'details' })
  if (!('id' in call)) return call
  // Chosen again: the gate may have had it wait.
  const booking = await findToDetail(shop.sql, { connectionId, triesMax })
  if (!booking) return nothingLeft
  const answer = await askOnce(deps, {
    ...{ run, call },
    ask: (options) => checks.easyParcelOf(connectionId).shipmentDetails!(booking.shipmentNumber, options),
    failed: async (tx, error) => {
      if (!passesSoon(error)) await noteDetailsTry(tx, booking.id)
    },
  })
  if (answer instanceof EasyParcelError) return passesSoon(answer) ? null : { reason: answer.kind, retryAt: null }
  await shop.transaction(async (tx) => {
    const now = await checks.clock(tx)
    const { details } = answer
    if (details) await addOrder(deps, { tx, now, booking, details })
    await saveDetails(tx, { id: booking.id, now, details })
    const changed = details ? 1 : 0
    await closeSyncCall(deps, { tx, call, end: answered(answer, now), found: changed, changed })
  })
  return null
}

type Adding = { tx: ShopTx; now: Date; booking: BookingToDetail; details: ShipmentDetails }

/** The order of a parcel for which no one has named one; the order that the shop has named gets the contact that it lacks. */
const addOrder = async ({ registering }: SyncDeps, { tx, now, booking, details }: Adding): Promise<void> => {
  const { organizationId } = tx
  const { trackingId } = booking
  const orderNumber = details.reference ?? details.orderNumber ?? undefined
  if (orderNumber === undefined) return
  const [found] = await findLives(tx, { ids: [trackingId], lock: true })
  if (!found) return
  const [trackingNumber, { orders }] = found
  const contact = details.contact ?? undefined
  const order = { trackingId, ...toOrder(registering.contactKeys, { trackingNumber, orderNumber, contact }) }
  const isFirst = orders.length === 0
  if (!isFirst && !orders.includes(foldOrderNumber(orderNumber))) return
  const changed = isFirst
    ? await addOrders(tx, { organizationId, now, orders: [order] })
    : await addContacts(tx, { organizationId, orders: [order] })
  if (changed.length === 0) return
  const entry = isFirst ? ({ kind: 'order_added' } as const) : ({ kind: 'shop_changed', detail: 'contact' } as const)
  const parcel = { id: trackingId, organizationId, trackingNumber }
  await recordChanges(tx, { actor: syncActor, now, changes: [{ parcel, write: { changedAt: now }, entries: [entry] }] })
}
