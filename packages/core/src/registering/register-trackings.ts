import { foldOrderNumber, isTerminal, registerMax, type TrackingRegistration } from '@jejak/contract'
import { addOrders, deleteSchedules, findLives, type Life, lockShopParcel, scheduleAgain, type Tx } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { type ParcelChange, recordChanges, recordRegistrations } from '../changes/index.ts'
import { changeDocument, lastScanAt, readRow, readStoredScans } from '../parcels/index.ts'
import { wakeConnection } from '../queue/index.ts'
import { type Outcome, type Planned, planRegistration } from './plan-registration.ts'
import type { RegisteringDeps } from './registering-deps.ts'
import { toNewTracking, toOrder } from './to-new-tracking.ts'

const passesMax = 3

export type Registering = {
  actor: Actor
  organizationId: string
  connectionId: string
  trackings: readonly TrackingRegistration[]
}

/** `isFull`: the parcel holds as many orders as it can, and not this one. */
export type Registered = { outcome: Outcome; id: string; trackingNumber: string; isFull?: boolean }

type Work = Registering & { deps: RegisteringDeps; tx: Tx; now: Date }
type Joining = Parameters<typeof addOrders>[1]['orders'][number]
type Insertion = { registration: TrackingRegistration; countsFrom: Date | null }

/**
 * Registers parcels, up to 1000 in one transaction, and answers in their order; see `planRegistration` for numbers that the shop has already,
 * also from the same list. New parcels are due at once, and their connection is woken after the register delay.
 */
export const registerTrackings = async (deps: RegisteringDeps, registering: Registering): Promise<Registered[]> => {
  const registered: Registered[] = []
  for (let from = 0; from < registering.trackings.length; from += registerMax) {
    const trackings = registering.trackings.slice(from, from + registerMax)
    registered.push(...(await registerSlice(deps, { ...registering, trackings })))
  }
  return registered
}

const registerSlice = (deps: RegisteringDeps, registering: Registering): Promise<Registered[]> =>
  deps.db.transaction(async (tx) => {
    const work: Work = { ...registering, deps, tx, now: await deps.clock(tx) }
    const { lives, created } = await settle(work)
    const registered: Registered[] = []
    const orders: Joining[] = []
    const awake = new Set(created.size > 0 ? [registering.connectionId] : [])
    for (const registration of registering.trackings) {
      const { trackingNumber } = registration
      const life = lives.get(trackingNumber)!
      const planned: Planned = created.delete(registration)
        ? { outcome: 'created' }
        : planRegistration(life, { asked: registration, now: work.now })
      if (planned.reopens) await reopen(work, life, registration)
      if (planned.outcome === 'renewed') await renew(work, life, registration)
      if (planned.outcome === 'order_added') {
        orders.push({ trackingId: life.id, ...toOrder(deps.contactKey, registration) })
        life.orders.push(foldOrderNumber(registration.orderNumber ?? ''))
      }
      if (planned.reopens || planned.outcome === 'renewed') awake.add(life.connectionId)
      registered.push({
        outcome: planned.outcome,
        id: life.id,
        trackingNumber,
        ...(planned.isFull && { isFull: true }),
      })
    }
    if (orders.length > 0) await join(work, { orders, registered })
    for (const connectionId of [...awake].sort())
      await wakeConnection(deps.boss, { connectionId, delaySeconds: deps.registerDelayMs / 1000, sql: tx })
    return registered
  })

/**
 * Inserts the numbers that are new and reads the lives of the others, those that change under their lock. A row that another transaction
 * committed meanwhile is neither inserted nor visible to the same statement: the next pass sees it; so it is with one that was removed.
 */
const settle = async (work: Work) => {
  const { tx, trackings } = work
  const lives = new Map<string, Life>()
  const created = new Set<TrackingRegistration>()
  const firsts = new Map(trackings.toReversed().map((registration) => [registration.trackingNumber, registration]))
  for (let pass = 1; lives.size < firsts.size; pass += 1) {
    if (pass > passesMax) throw new Error('A parcel was registered and removed again and again meanwhile.')
    const missing = [...firsts.values()].filter(({ trackingNumber }) => !lives.has(trackingNumber))
    const rows = await insert(
      work,
      missing.map((registration) => ({ registration, countsFrom: null })),
    )
    for (const { id, trackingNumber, isNew } of rows) {
      if (!isNew) continue
      const registration = firsts.get(trackingNumber)!
      created.add(registration)
      lives.set(trackingNumber, newLife(work, id, registration))
    }
    const known = rows.flatMap(({ id, isNew }) => (isNew ? [] : [id]))
    const seen = known.length > 0 ? await findLives(tx, { ids: known, lock: false }) : new Map<string, Life>()
    const changing = trackings.flatMap((registration) => {
      const life = seen.get(registration.trackingNumber)
      return life && planRegistration(life, { asked: registration, now: work.now }).outcome !== 'exists'
        ? [life.id]
        : []
    })
    const locked = changing.length > 0 ? await findLives(tx, { ids: changing, lock: true }) : new Map<string, Life>()
    for (const [trackingNumber, life] of seen) {
      const current = changing.includes(life.id) ? locked.get(trackingNumber) : life
      if (current) lives.set(trackingNumber, current)
    }
  }
  return { lives, created }
}

const newLife = ({ connectionId }: Work, id: string, { orderNumber }: TrackingRegistration): Life => ({
  ...{ id, connectionId, status: 'pending', endedAt: null },
  orders: orderNumber === undefined ? [] : [foldOrderNumber(orderNumber)],
})

const record = ({ tx, actor, now }: Work, changes: readonly ParcelChange[]) =>
  recordChanges(tx, { actor, now, changes })

const insert = ({ tx, deps, actor, organizationId, connectionId, now }: Work, insertions: readonly Insertion[]) =>
  recordRegistrations(tx, {
    ...{ actor, organizationId, connectionId, now },
    trackings: insertions.map((insertion) => toNewTracking(deps, insertion)),
  })

/** Adds orders to parcels that live. */
const join = async (
  work: Work,
  { orders, registered }: { orders: readonly Joining[]; registered: readonly Registered[] },
) => {
  const { tx, organizationId, now } = work
  const joined = new Set(await addOrders(tx, { organizationId, now, orders }))
  const numberOf = new Map(registered.map(({ id, trackingNumber }) => [id, trackingNumber]))
  const entries = [{ kind: 'order_added' } as const]
  const changes = [...joined].map((id) => ({
    ...{ parcel: { id, organizationId, trackingNumber: numberOf.get(id)! }, write: { changedAt: now }, entries },
  }))
  await record(work, changes)
}

/** The number begins a new life; the old one is kept as archived, with all that was told of it: its later scans are echoes of its end. */
const renew = async (work: Work, life: Life, registration: TrackingRegistration): Promise<void> => {
  const { tx, organizationId, now } = work
  const old = await lockShopParcel(tx, { organizationId, trackingId: life.id })
  if (old?.endedAt) {
    await deleteSchedules(tx, [life.id])
    await record(work, [{ parcel: old, write: { archivedAt: now }, entries: [{ kind: 'archived' }] }])
  }
  const countsFrom = lastScanAt(old ? readStoredScans(old.events, old.api) : [], { since: life.endedAt ?? now, now })
  const [row] = await insert(work, [{ registration, countsFrom }])
  Object.assign(life, newLife(work, row!.id, registration))
}

const everything = { eventsMax: Number.POSITIVE_INFINITY, reuseAgeMs: Number.POSITIVE_INFINITY }

const fresh = { status: 'pending', substatus: null } as const

/** A parcel that was given up is asked about again, as if it were new: silence counts from now on, its age from when it was first registered. */
const reopen = async (work: Work, life: Life, { bookedAt }: TrackingRegistration) => {
  const { tx, organizationId, now } = work
  const parcel = await lockShopParcel(tx, { organizationId, trackingId: life.id })
  if (!parcel?.endedAt) return
  const read = readRow(parcel, { now, rules: everything })
  // An end that only today's rules read is for the next check to find.
  const { status, substatus } = isTerminal(read.status) ? fresh : read
  const { document, version: documentVersion } = changeDocument(parcel.document, { status, substatus })
  const booked = bookedAt ? new Date(bookedAt) : (parcel.bookedAt ?? parcel.registeredAt)
  const write = {
    ...{ status, substatus, endedAt: null, document, documentVersion },
    ...{ changedAt: now, registeredAt: now, bookedAt: booked },
  }
  const entries = [{ kind: 'reopened', previousStatus: parcel.status, newStatus: status } as const]
  await scheduleAgain(tx, { trackingId: parcel.id, now })
  await record(work, [{ parcel, write, entries }])
  Object.assign(life, { status, endedAt: null })
}
