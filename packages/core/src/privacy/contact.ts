import type { Contact, PrivacyCounts, PrivacyExport } from '@jejak/contract'
import {
  type Clock,
  type Db,
  deleteOrders,
  deleteUndos,
  emptyKeptAnswers,
  findTraces,
  listChangesToTell,
  listNotes,
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
  const isComplete = orders.length < toldMax
  return { orders, isComplete, ofTraces, found: await findTraces(traces, { organizationId, traces: ofTraces }) }
}

const idsOf = (orders: readonly OrderOfContact[], { isShared }: { isShared: boolean }): string[] => [
  ...new Set(orders.filter((order) => order.isShared === isShared).map(({ id }) => id)),
]

const sharedStays =
  'What the courier and the shop’s people wrote about parcels that hold orders of others stays for them, and may name the customer.'

const countsOf = ({ orders, isComplete, found }: Awaited<ReturnType<typeof held>>) => {
  const sharedParcels = idsOf(orders, { isShared: true }).length
  const onTheirWay = orders.filter(({ isOnItsWay }) => isOnItsWay)
  return {
    parcels: idsOf(orders, { isShared: false }).length,
    onTheirWay: idsOf(onTheirWay, { isShared: false }).length,
    sharedParcels,
    orders: orders.length,
    traces: found.failedLookups + found.securityEvents.length,
    isComplete,
    stays: sharedParcels > 0 ? sharedStays : null,
  }
}

/** How much a shop holds on a customer, found by the keyed hash of an e-mail address or phone number. */
export const countHeld = async (deps: Deps, asked: Asked): Promise<PrivacyCounts> => ({
  ...countsOf(await held(deps, asked)),
  proof: proofOf(deps.keys, asked.contact),
})

/** All that a shop holds on a customer. The audit log keeps that it was told, without naming the customer. */
export const exportHeld = async (deps: Deps, asked: Asked): Promise<PrivacyExport> => {
  const { organizationId, slug } = asked.shop
  const { sql, transaction } = deps.db.ofShop(organizationId)
  const { orders, isComplete, found } = await held(deps, asked)
  const ids = [...new Set(orders.map(({ id }) => id))]
  const [parcels, changes, notes] = await Promise.all([
    listParcelsToTell(sql, ids),
    listChangesToTell(sql, ids),
    listNotes(sql, ids),
  ])
  await transaction(async (tx) =>
    recordAct(tx, {
      ...{ act: 'export.made', actor: asked.actor, organizationId, now: await deps.clock(tx) },
      object: `contact:${proofOf(deps.keys, asked.contact)}`,
      detail: `${parcels.length} parcels`,
    }),
  )
  const ordersOf = Map.groupBy(orders, ({ id }) => id)
  const notesOf = Map.groupBy(notes, ({ trackingId }) => trackingId)
  const changesOf = Map.groupBy(changes, ({ trackingId }) => trackingId)
  return {
    ...{ shop: slug, isComplete },
    parcels: parcels.map((parcel) => ({
      ...toTold(parcel),
      orders: (ordersOf.get(parcel.id) ?? []).map(({ orderNumber, orderedAt, hasEmail, hasPhone }) => ({
        ...{ orderNumber, registeredAt: orderedAt.toISOString(), hasEmail, hasPhone },
      })),
      notes: (notesOf.get(parcel.id) ?? []).map(({ at, author: by, text }) => ({ at: at.toISOString(), by, text })),
      changes: (changesOf.get(parcel.id) ?? []).map(({ trackingId: _, at, ...change }) => ({
        ...{ at: at.toISOString(), ...change },
      })),
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
  const { clock, db, keys } = deps
  const first = await held(deps, asked)
  const erasing = { ...deps, ...asked, hashes: contactHashes(keys, asked.contact) }
  let erased = 0
  let some = await erasePass(erasing, first)
  while (some > 0) {
    erased += some
    some = await erasePass(erasing, await held(deps, asked))
  }
  if (erased === 0)
    await db.ofShop(asked.shop.organizationId).transaction(async (tx) => {
      // A contact that was changed just now is kept there, so that it can be undone.
      await deleteUndos(tx, { ...erasing, trackingIds: [] })
      await prove(tx, { ...erasing, now: await clock(tx), detail: 'nothing was held' })
    })
  return { ...countsOf(first), proof: proofOf(keys, asked.contact) }
}

type Erasing = Deps & Asked & { hashes: readonly string[] }
type OfParcels = Erasing & { trackingIds: readonly string[] }

/** Erases what was found, some parcels at a time; returns how many parcels and orders that were. */
const erasePass = async (erasing: Erasing, { orders, ofTraces }: Awaited<ReturnType<typeof held>>): Promise<number> => {
  const { organizationId } = erasing.shop
  await removeTraces(erasing.traces, { organizationId, traces: ofTraces })
  if (erasing.isEverywhere) await removeTracesOfNoShop(erasing.traces, ofTraces)
  const { transaction } = erasing.db.ofShop(organizationId)
  const ids = [...new Set(orders.map(({ id }) => id))]
  let erased = 0
  for (let from = 0; from < ids.length; from += erasedAtOnce) {
    const of = { ...erasing, trackingIds: ids.slice(from, from + erasedAtOnce) }
    erased += await transaction((tx) => eraseParcels(tx, of))
    erased += await transaction((tx) => eraseSharedOrders(tx, of))
  }
  return erased
}

const prove = (tx: ShopTx, { actor, keys, contact, ...done }: Erasing & { now: Date; detail: string }) =>
  recordAct(tx, {
    ...{ act: 'erasure.done', actor, organizationId: tx.organizationId, object: `contact:${proofOf(keys, contact)}` },
    ...{ now: done.now, detail: done.detail },
  })

const listed = (tx: ShopTx, { hashes, trackingIds }: OfParcels) =>
  listOrdersOfContact(tx, { hashes, limit: toldMax, trackingIds })

/** The parcels that hold no one else's order. An order that joins one meanwhile keeps it. */
const eraseParcels = async (tx: ShopTx, erasing: OfParcels): Promise<number> => {
  const before = idsOf(await listed(tx, erasing), { isShared: false })
  if (before.length === 0) return 0
  const locked = await lockLives(tx, { organizationId: tx.organizationId, trackingIds: before })
  const own = new Set(idsOf(await listed(tx, erasing), { isShared: false }))
  const numbers = new Set(locked.filter(({ id }) => own.has(id)).map(({ trackingNumber }) => trackingNumber))
  const parcels = locked.filter(({ trackingNumber }) => numbers.has(trackingNumber))
  const now = await erasing.clock(tx)
  const removed = await recordRemovals(tx, { actor: erasing.actor, now, kind: 'removed', parcels })
  await emptyKeptAnswers(tx, [...numbers])
  await deleteUndos(tx, { ...erasing, trackingIds: parcels.map(({ id }) => id) })
  if (removed > 0) await prove(tx, { ...erasing, now, detail: `${removed} parcels` })
  return removed
}

/** The customer's orders in parcels that hold others. */
const eraseSharedOrders = async (tx: ShopTx, erasing: OfParcels): Promise<number> => {
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
  await emptyKeptAnswers(
    tx,
    parcels.map(({ trackingNumber }) => trackingNumber),
  )
  await deleteUndos(tx, { ...erasing, trackingIds: parcels.map(({ id }) => id) })
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
