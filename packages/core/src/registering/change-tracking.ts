import {
  type Contact,
  type Detail,
  detailNames,
  foldOrderNumber,
  publicDetailsOf,
  type TrackingPatch,
  type UndoRef,
} from '@jejak/contract'
import {
  addOrders,
  type ContactHashes,
  findOrders,
  isDuplicate,
  lockSchedules,
  lockShopParcel,
  type OrderRow,
  type ParcelRow,
  type ShopTx,
  type StoredOrder,
  saveOrder,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { type ParcelChange, recordChanges } from '../changes/index.ts'
import { conflict, noSuchOrder, noSuchTracking } from '../errors.ts'
import { changeDocument, detailsOf, toDueBefore } from '../parcels/index.ts'
import { wakeConnection } from '../queue/index.ts'
import { keepUndo } from '../undo/keep-undo.ts'
import { type KeptParcel, keep } from '../undo/kinds.ts'
import { type ContactKeys, hashContact } from './contact-hash.ts'
import { correctNumber, numberTaken } from './correct-number.ts'
import type { RegisteringDeps } from './registering-deps.ts'

type ChangeDeps = Pick<RegisteringDeps, 'db' | 'boss' | 'clock' | 'contactKeys' | 'isDemo'>
type Changing = { actor: Actor; organizationId: string; trackingId: string; patch: TrackingPatch }

/** Changes what a shop may change, and renders the public document again; a patch that changes nothing writes nothing. Answers how to undo it. */
export const changeTracking = (deps: ChangeDeps, { organizationId, ...changing }: Changing): Promise<UndoRef | null> =>
  deps.db.ofShop(organizationId).transaction(async (tx) => {
    const now = await deps.clock(tx)
    const changed = await changeTrackingIn(tx, { deps, now, ...changing })
    if (!changed) return null
    const { actor } = changing
    const { detail, kept } = changed
    const act = { act: 'parcels.changed', permission: 'parcels:write', amount: 1, detail } as const
    return keepUndo(tx, { actor, now, ...act, kind: 'parcels', was: [kept] })
  })

type ChangingIn = Omit<Changing, 'organizationId'> & { deps: Omit<ChangeDeps, 'db' | 'clock'>; now: Date }

/** The same inside a transaction; answers what changed, and what the parcel was. */
export const changeTrackingIn = async (
  tx: ShopTx,
  { deps, actor, patch, trackingId, now }: ChangingIn,
): Promise<{ detail: string; kept: KeptParcel } | null> => {
  const which = { organizationId: tx.organizationId, trackingId }
  const row = await lockShopParcel(tx, which)
  if (!row) throw noSuchTracking()
  const order = await changeOrder(tx, { ...which, patch, now, keys: deps.contactKeys })
  const details = changedDetails(row, patch)
  const to = patch.trackingNumber
  const isNumber = to !== undefined && to !== row.trackingNumber
  const [due] = isNumber ? await lockSchedules(tx, [trackingId]) : []
  const number = isNumber ? await correctNumber(tx, { row, to, now }) : null
  const detail = [...Object.keys(details), ...(number ? ['trackingNumber'] : []), ...order.changed].join(' ')
  if (detail === '') return null
  await saveChange(tx, { row, details, number, detail, actor, now })
  if (number) await wakeConnection(deps.boss, { connectionId: row.connectionId, sql: tx })
  const object = `parcel:${trackingId}`
  await recordAct(tx, { act: 'parcels.changed', actor, organizationId: tx.organizationId, object, detail, now })
  const named = [...Object.keys(details), ...Object.keys(number?.write ?? {})] as (keyof ParcelRow)[]
  return {
    detail,
    kept: {
      ...{ id: trackingId, changedAt: now.toISOString(), documentVersion: row.documentVersion, ...order.kept },
      write: Object.fromEntries(named.map((name) => [name, row[name]])),
      ...(number && { fromNumber: number.write.trackingNumber }),
      ...(due && { schedule: keep(toDueBefore(due)) }),
    },
  }
}

type Saving = {
  row: ParcelRow & { document: string }
  details: ReturnType<typeof changedDetails>
  number: Awaited<ReturnType<typeof correctNumber>> | null
  detail: string
  actor: Actor
  now: Date
}

const saveChange = async (tx: ShopTx, { row, details, number, detail, actor, now }: Saving): Promise<void> => {
  const numbered = number ? { trackingNumber: number.write.trackingNumber } : {}
  const shown = { ...publicDetailsOf(details), ...numbered }
  const { document, version: documentVersion } = changeDocument(row.document, shown)
  const write = { ...details, ...number?.write, document, documentVersion, changedAt: now }
  const entry = { kind: 'shop_changed', detail } as const
  const changes: ParcelChange[] = [
    { parcel: { ...row, ...numbered }, write, entries: [entry, ...(number?.entries ?? [])] },
    // Who looks at the number that it had is told, too.
    ...(number ? [{ parcel: row, write: null, entries: [entry] }] : []),
  ]
  try {
    await recordChanges(tx, { actor, now, changes })
  } catch (error) {
    // Someone registers the same number at this moment.
    throw number && isDuplicate(error) ? numberTaken() : error
  }
}

type OfOrder = { organizationId: string; trackingId: string; patch: TrackingPatch; now: Date; keys: ContactKeys }

/** Changes the order that a patch is about; answers which fields, and what undoing it needs: of a contact its hashes, where that has changed. */
const changeOrder = async (tx: ShopTx, { patch, now, keys, ...which }: OfOrder) => {
  const orders = (await findOrders(tx, which.trackingId)) ?? []
  const order = findOrder(orders, patch.order)
  if (patch.order !== undefined && !order) throw noSuchOrder()
  const patched = applyToOrder(order ?? noOrder, patch, keys)
  const isTaken = orders.some((other) => other !== order && other.orderFolded === patched.orderFolded)
  if (patched.orderFolded !== order?.orderFolded && isTaken)
    throw conflict('This parcel has another order with this number.')
  const columns = orderColumns.filter((column) => patched[column] !== (order ?? noOrder)[column])
  const changed = [...new Set(columns.map(fieldOf))]
  if (changed.length === 0) return { changed, kept: {} }
  if (order) await saveOrder(tx, { ...patched, orderId: order.orderId })
  else await addOrders(tx, { ...which, now, orders: [{ ...which, ...patched }] })
  if (order) return { changed, kept: { order: asItWas(order, changed.includes('contact')) } }
  return { changed, kept: { addedOrder: (await findOrders(tx, which.trackingId))!.at(-1)!.orderId } }
}

const asItWas = (order: StoredOrder, withContact: boolean): NonNullable<KeptParcel['order']> => {
  const { orderId, orderNumber, orderFolded, ...contact } = order
  return { orderId, orderNumber, orderFolded, ...(withContact && contact) }
}

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
