import { foldOrderNumber } from '@jejak/contract'
import { findOrderIds, type GivenContact, type MadeByBatch, type ShopTx } from '@jejak/db'
import { type Registered, registerWithin } from '../registering/register-trackings.ts'
import type { OldParcel } from './batches.ts'
import { endParcels } from './end-parcels.ts'
import { findKnown, isArchivedHere } from './known-numbers.ts'
import type { OldEnd } from './map-row.ts'
import type { Migrating, MigratingDeps } from './migrating-deps.ts'
import { countNumber, type MigrationReport, type NumberOutcome } from './migration-report.ts'

type Bringing = {
  tx: ShopTx
  migrating: Pick<Migrating, 'organizationId' | 'connectionId'>
  runId: string
  parcels: readonly OldParcel[]
  report: MigrationReport
  now: Date
}

const outcomeOf = ({ outcome, given }: Registered): NumberOutcome =>
  outcome === 'created' ? 'created' : outcome === 'order_added' || given ? 'joined' : 'here'

/** Registers the numbers of a batch, counts what became of each, and tells what exactly was made of them. */
export const bringBatch = async (
  deps: MigratingDeps,
  { tx, migrating, runId, parcels, report, now }: Bringing,
): Promise<MadeByBatch> => {
  const known = await findKnown(tx, parcels)
  const coming = parcels.filter(({ tracking }) => !isArchivedHere(known, tracking))
  const { organizationId, connectionId } = migrating
  const actor = { kind: 'migration', id: runId } as const
  const trackings = coming.map(({ tracking }) => tracking)
  const registering = { actor, organizationId, connectionId, trackings, isPast: true }
  const registered = trackings.length > 0 ? await registerWithin({ ...registering, deps, tx, now }) : []
  for (const [place, one] of registered.entries())
    countNumber(report, { outcome: outcomeOf(one), isEnded: coming[place]!.end !== null })
  for (let left = parcels.length - coming.length; left > 0; left -= 1)
    countNumber(report, { outcome: 'here', isEnded: false })
  await endParcels(deps, { tx, actor, ends: endsOf(registered, coming), now })
  return madeOf(tx, { registered, parcels: coming })
}

/** The ends of those that are new: what is here already is known better. */
const endsOf = (registered: readonly Registered[], parcels: readonly OldParcel[]): Map<string, OldEnd> =>
  new Map(
    registered.flatMap(({ outcome, id }, place) => {
      const { end } = parcels[place]!
      return outcome === 'created' && end ? [[id, end] as const] : []
    }),
  )

type Made = { registered: readonly Registered[]; parcels: readonly OldParcel[] }

const madeOf = async (tx: ShopTx, { registered, parcels }: Made): Promise<MadeByBatch> => {
  const created = registered.flatMap(({ outcome, id }) => (outcome === 'created' ? [id] : []))
  const ofOthers = registered
    .map((one, place) => ({ ...one, orderNumber: parcels[place]!.tracking.orderNumber }))
    .filter(({ id, outcome, given }) => !created.includes(id) && (outcome === 'order_added' || given))
  if (ofOthers.length === 0) return { created, orders: [], contacts: [] }
  const stored = await findOrderIds(
    tx,
    ofOthers.map(({ id }) => id),
  )
  const orderIds = new Map(
    stored.map(({ orderId, trackingId, orderFolded }) => [`${trackingId} ${orderFolded}`, orderId]),
  )
  const orderIdOf = (id: string, folded: string): string => orderIds.get(`${id} ${folded}`)!
  const orders = ofOthers.flatMap(({ id, outcome, orderNumber }) =>
    outcome === 'order_added' ? [orderIdOf(id, foldOrderNumber(orderNumber!))] : [],
  )
  const contacts = new Map<string, GivenContact>()
  for (const { id, given } of ofOthers) {
    if (!given) continue
    const orderId = orderIdOf(id, given.orderFolded)
    const before = contacts.get(orderId)
    const { email, phone, key } = given
    if (!orders.includes(orderId))
      contacts.set(orderId, { orderId, email: email || !!before?.email, phone: phone || !!before?.phone, key })
  }
  return { created, orders: [...new Set(orders)], contacts: [...contacts.values()] }
}
