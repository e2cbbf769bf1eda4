import type { Contact, PrivacyCounts, PrivacyExport } from '@jejak/contract'
import {
  type Clock,
  type Db,
  deleteOrders,
  findTraces,
  listChangesToTell,
  listOrdersOfContact,
  listParcelsToTell,
  lockLives,
  lockParcels,
  type OrderOfContact,
  type ParcelRow,
  removeTraces,
  removeTracesOfNoShop,
  type ShopTx,
  type Sql,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { recordChanges, recordRemovals } from '../changes/index.ts'
import { detailsOf, readStoredScans } from '../parcels/index.ts'
import { contactHashes, type PrivacyKeys, proofOf, tracesOf } from './keys.ts'

/** `traces` reads and clears what look-ups and sign-ins left behind. */
type Deps = { db: Pick<Db, 'ofShop'>; traces: Sql; clock: Clock; keys: PrivacyKeys }
/** `isEverywhere`: an operator goes through all shops, so that what names no shop is erased, too. */
type Asked = {
  actor: Actor
  shop: { organizationId: string; slug: string }
  contact: Contact
  isEverywhere: boolean
}

const toldMax = 10_000
const erasedAtOnce = 250

const held = async ({ db, traces, keys }: Deps, { shop, contact }: Asked) => {
  const hashes = contactHashes(keys, contact)
  const orders = await listOrdersOfContact(db.ofShop(shop.organizationId).sql, { hashes, limit: toldMax })
  const own = orders.filter(({ isShared }) => !isShared)
  const ofTraces = tracesOf(keys, {
    contact,
    shop: shop.slug,
    orders: orders.map(({ orderFolded }) => orderFolded),
    trackingNumbers: own.map(({ trackingNumber }) => trackingNumber),
  })
  const { organizationId } = shop
  return { orders, ofTraces, found: await findTraces(traces, { organizationId, traces: ofTraces }) }
}

const idsOf = (orders: readonly OrderOfContact[], { isShared }: { isShared: boolean }): string[] => [
  ...new Set(orders.filter((order) => order.isShared === isShared).map(({ id }) => id)),
]

const countsOf = ({ orders, found }: Pick<Awaited<ReturnType<typeof held>>, 'orders' | 'found'>) => ({
  parcels: idsOf(orders, { isShared: false }).length,
  onTheirWay: idsOf(
    orders.filter(({ isOnItsWay }) => isOnItsWay),
    { isShared: false },
  ).length,
  sharedParcels: idsOf(orders, { isShared: true }).length,
  orders: orders.length,
  traces: found.failedLookups + found.securityEvents.length,
})

/** How much a shop holds on a customer, found by the keyed hash of an e-mail address or phone number. */
export const countHeld = async (deps: Deps, asked: Asked): Promise<PrivacyCounts> => ({
  ...countsOf(await held(deps, asked)),
  proof: proofOf(deps.keys, asked.contact),
})

/** All that a shop holds on a customer. The audit log keeps that it was told, without naming the customer. */
export const exportHeld = async (deps: Deps, asked: Asked): Promise<PrivacyExport> => {
  const { organizationId, slug } = asked.shop
  const { sql, transaction } = deps.db.ofShop(organizationId)
  const { orders, found } = await held(deps, asked)
  const ids = [...new Set(orders.map(({ id }) => id))]
  const [parcels, changes] = await Promise.all([listParcelsToTell(sql, ids), listChangesToTell(sql, ids)])
  await transaction(async (tx) =>
    recordAct(tx, {
      ...{ act: 'export.made', actor: asked.actor, organizationId, now: await deps.clock(tx) },
      object: `contact:${proofOf(deps.keys, asked.contact)}`,
      detail: `${parcels.length} parcels`,
    }),
  )
  return {
    shop: slug,
    parcels: parcels.map((parcel) => ({
      ...toTold(parcel),
      orders: orders
        .filter(({ id }) => id === parcel.id)
        .map(({ orderNumber, orderedAt, hasEmail, hasPhone }) => ({
          ...{ orderNumber, registeredAt: orderedAt.toISOString(), hasEmail, hasPhone },
        })),
      changes: changes
        .filter(({ trackingId }) => trackingId === parcel.id)
        .map(({ trackingId: _, at, ...change }) => ({ at: at.toISOString(), ...change })),
    })),
    failedLookups: found.failedLookups,
    securityEvents: found.securityEvents.map(({ at, ...event }) => ({ at: at.toISOString(), ...event })),
  }
}

const toTold = (parcel: ParcelRow) => {
  const { trackingNumber, status, substatus, attentionReason } = parcel
  const iso = (at: Date | null) => at?.toISOString() ?? null
  return {
    ...{ trackingNumber, ...detailsOf(parcel), status, substatus, registeredAt: parcel.registeredAt.toISOString() },
    ...{ collectedAt: iso(parcel.collectedAt), outForDeliveryAt: iso(parcel.outForDeliveryAt) },
    deliveredAt: iso(parcel.deliveredAt),
    ...{ endedAt: iso(parcel.endedAt), archivedAt: iso(parcel.archivedAt), attentionReason },
    scans: readStoredScans(parcel.events, parcel.api).map(({ at, code, text, location }) => ({
      ...{ at, code, text, location },
    })),
  }
}

/**
 * Erases what a shop holds on a customer: their parcels with all that the courier wrote, their orders in parcels of others, and what their look-ups left behind.
 * Answers what it removed. The traces go first: only the orders say where they are.
 */
export const eraseHeld = async (deps: Deps, asked: Asked): Promise<PrivacyCounts> => {
  const { db, traces, keys } = deps
  const all = await held(deps, asked)
  const { organizationId } = asked.shop
  await removeTraces(traces, { organizationId, traces: all.ofTraces })
  if (asked.isEverywhere) await removeTracesOfNoShop(traces, all.ofTraces)
  const { transaction } = db.ofShop(organizationId)
  let erased = 0
  const erasing: Erasing = { ...deps, ...asked, hashes: contactHashes(keys, asked.contact) }
  for (;;) {
    const parcels = await transaction((tx) => eraseParcels(tx, erasing))
    const orders = await transaction((tx) => eraseSharedOrders(tx, erasing))
    if (parcels + orders === 0) break
    erased += parcels + orders
  }
  const counts = countsOf(all)
  if (erased === 0)
    await transaction(async (tx) => prove(tx, { ...erasing, now: await deps.clock(tx), detail: 'nothing was held' }))
  return { ...counts, proof: proofOf(keys, asked.contact) }
}

type Erasing = Deps & Asked & { hashes: readonly string[] }

const prove = (tx: ShopTx, { actor, keys, contact, ...done }: Erasing & { now: Date; detail: string }) =>
  recordAct(tx, {
    ...{ act: 'erasure.done', actor, organizationId: tx.organizationId, object: `contact:${proofOf(keys, contact)}` },
    ...{ now: done.now, detail: done.detail },
  })

const listed = (tx: ShopTx, { hashes }: Erasing) => listOrdersOfContact(tx, { hashes, limit: erasedAtOnce })

/** The parcels that hold no one else's order. An order that joins one meanwhile keeps it, for the next round. */
const eraseParcels = async (tx: ShopTx, erasing: Erasing): Promise<number> => {
  const trackingIds = idsOf(await listed(tx, erasing), { isShared: false })
  if (trackingIds.length === 0) return 0
  const locked = await lockLives(tx, { organizationId: tx.organizationId, trackingIds })
  const own = new Set(idsOf(await listed(tx, erasing), { isShared: false }))
  const numbers = new Set(locked.filter(({ id }) => own.has(id)).map(({ trackingNumber }) => trackingNumber))
  const parcels = locked.filter(({ trackingNumber }) => numbers.has(trackingNumber))
  const now = await erasing.clock(tx)
  const removed = await recordRemovals(tx, { actor: erasing.actor, now, kind: 'removed', parcels })
  if (removed > 0) await prove(tx, { ...erasing, now, detail: `${removed} parcels` })
  return removed
}

/** The customer's orders in parcels that hold others. */
const eraseSharedOrders = async (tx: ShopTx, erasing: Erasing): Promise<number> => {
  const ids = idsOf(await listed(tx, erasing), { isShared: true })
  if (ids.length === 0) return 0
  const locked = await lockParcels(tx, ids)
  const orders = (await listed(tx, erasing)).filter(({ id, isShared }) => isShared && ids.includes(id))
  const parcels = locked.filter(({ id }) => orders.some((order) => order.id === id))
  const now = await erasing.clock(tx)
  await deleteOrders(tx, {
    organizationId: tx.organizationId,
    trackingIds: parcels.map(({ id }) => id),
    orderIds: orders.map(({ orderId }) => orderId),
  })
  await recordChanges(tx, {
    ...{ actor: erasing.actor, now },
    changes: parcels.map((parcel) => ({
      ...{ parcel, write: { changedAt: now } },
      entries: [{ kind: 'shop_changed', detail: 'orderNumber contact' }],
    })),
  })
  if (orders.length > 0) await prove(tx, { ...erasing, now, detail: `${orders.length} orders in parcels of others` })
  return orders.length
}
