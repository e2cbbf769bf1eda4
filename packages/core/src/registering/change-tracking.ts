import {
  type Contact,
  type Detail,
  detailNames,
  foldOrderNumber,
  publicDetailsOf,
  type TrackingPatch,
} from '@jejak/contract'
import {
  addOrders,
  type ContactHashes,
  findOrders,
  lockShopParcel,
  type OrderRow,
  type ParcelRow,
  type StoredOrder,
  saveOrder,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { recordChanges } from '../changes/index.ts'
import { conflict, noSuchOrder, noSuchTracking } from '../errors.ts'
import { changeDocument, detailsOf } from '../parcels/index.ts'
import { type ContactKeys, hashContact } from './contact-hash.ts'
import type { RegisteringDeps } from './registering-deps.ts'

type ChangeDeps = Pick<RegisteringDeps, 'db' | 'clock' | 'contactKeys'>
type Changing = { actor: Actor; organizationId: string; trackingId: string; patch: TrackingPatch }

/** Changes what a shop may change, and renders the public document again; a patch that changes nothing writes nothing. */
export const changeTracking = (deps: ChangeDeps, { actor, patch, ...which }: Changing): Promise<void> =>
  deps.db.ofShop(which.organizationId).transaction(async (tx) => {
    const [row, now] = await Promise.all([lockShopParcel(tx, which), deps.clock(tx)])
    if (!row) throw noSuchTracking()
    const orders = (await findOrders(tx, which.trackingId)) ?? []
    const order = findOrder(orders, patch.order)
    if (patch.order !== undefined && !order) throw noSuchOrder()
    const patchedOrder = applyToOrder(order ?? noOrder, patch, deps.contactKeys)
    const isTaken = orders.some((other) => other !== order && other.orderFolded === patchedOrder.orderFolded)
    if (patchedOrder.orderFolded !== order?.orderFolded && isTaken)
      throw conflict('This parcel has another order with this number.')
    const changedOrder = orderColumns.filter((column) => patchedOrder[column] !== (order ?? noOrder)[column])
    const changed = changedDetails(row, patch)
    const detail = [...Object.keys(changed), ...new Set(changedOrder.map(fieldOf))].join(' ')
    if (detail === '') return
    if (changedOrder.length > 0 && order) await saveOrder(tx, { ...patchedOrder, orderId: order.orderId })
    if (changedOrder.length > 0 && !order)
      await addOrders(tx, { ...which, now, orders: [{ ...which, ...patchedOrder }] })
    const { document, version: documentVersion } = changeDocument(row.document, publicDetailsOf(changed))
    const write = { ...changed, document, documentVersion, changedAt: now }
    await recordChanges(tx, {
      actor,
      now,
      changes: [{ parcel: row, write, entries: [{ kind: 'shop_changed', detail }] }],
    })
    const { organizationId, trackingId } = which
    await recordAct(tx, { act: 'parcels.changed', actor, organizationId, object: `parcel:${trackingId}`, detail, now })
  })

const noOrder: OrderRow = {
  ...{ orderNumber: null, orderFolded: null },
  ...{ contactEmailHmac: null, contactPhoneHmac: null, contactPhone2Hmac: null, contactKeyId: null },
}
const contactColumns = ['contactEmailHmac', 'contactPhoneHmac', 'contactPhone2Hmac'] as const
const orderColumns = ['orderNumber', ...contactColumns] as const
const fieldOf = (column: (typeof orderColumns)[number]): string => (column === 'orderNumber' ? column : 'contact')

/** The order of this number, or the newest one. */
export const findOrder = (orders: readonly StoredOrder[], orderNumber: string | undefined): StoredOrder | undefined => {
  if (orderNumber === undefined) return orders.at(-1)
  const folded = foldOrderNumber(orderNumber)
  return orders.find(({ orderFolded }) => orderFolded === folded)
}

/** What is absent stays, null removes; a contact is one value and is replaced as a whole. */
const applyToOrder = (order: OrderRow, { orderNumber, contact }: TrackingPatch, keys: ContactKeys): OrderRow => ({
  ...order,
  ...(orderNumber === undefined
    ? {}
    : { orderNumber, orderFolded: orderNumber === null ? null : foldOrderNumber(orderNumber) }),
  ...(contact === undefined ? {} : rehash(order, contact, keys)),
})

/** The same contact keeps its hashes, and with them the links to it, whichever key they were made with. */
const rehash = (order: OrderRow, contact: Contact | null, keys: ContactKeys): ContactHashes =>
  keys
    .map((key) => hashContact(key, contact))
    .find((hashes) => contactColumns.every((column) => hashes[column] === order[column])) ??
  hashContact(keys[0], contact)

const changedDetails = (row: ParcelRow, patch: TrackingPatch): { [Name in Detail]?: string | null } => {
  const held = detailsOf(row)
  const changed = detailNames.filter((name) => patch[name] !== undefined && patch[name] !== held[name])
  return Object.fromEntries(changed.map((name) => [name, patch[name]]))
}
