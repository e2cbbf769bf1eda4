import { foldOrderNumber, isTerminal, registerMax, type TrackingRegistration } from '@jejak/contract'
import {
  addContacts,
  addOrders,
  analyzeNewTables,
  deleteSchedules,
  findLives,
  findPastLives,
  type Life,
  lockShopParcel,
  scheduleAgain,
  type Tx,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { type Act, recordAct } from '../audit/index.ts'
import { type ParcelChange, recordChanges, recordRegistrations } from '../changes/index.ts'
import { changeDocument, lastScanAt, readRow, readStoredScans } from '../parcels/index.ts'
import { wakeConnection } from '../queue/index.ts'
import { newLife, noteOrder } from './known-life.ts'
import { type Outcome, type Planned, planPast, planRegistration } from './plan-registration.ts'
import type { RegisteringDeps } from './registering-deps.ts'
import { toNewTracking, toOrder } from './to-new-tracking.ts'

const passesMax = 3

export type Registering = {
  actor: Actor
  /** What the audit log calls it. */
  act?: Act
  organizationId: string
  /** The account of those that name none. */
  connectionId: string
  trackings: readonly TrackingRegistration[]
}

/** What an order got that it lacked. `key`: it had no contact at all. */
export type Given = { orderFolded: string; email: boolean; phone: boolean; key: boolean }

/** `isFull`: the parcel holds as many orders as it can, and not this one. `given`: its order was there and got a contact. */
export type Registered = { outcome: Outcome; id: string; trackingNumber: string; isFull?: boolean; given?: Given }

type Work = Registering & {
  deps: Omit<RegisteringDeps, 'db' | 'clock'>
  tx: Tx
  now: Date
  /** What is registered is over for long: it begins no new life of a number that is here, and wakes none. */
  isPast?: boolean
}
type Joining = Parameters<typeof addOrders>[1]['orders'][number]
/** Tracking numbers by id. */
type Numbers = ReadonlyMap<string, string>

/**
 * Registers parcels, up to 1000 in one transaction, and answers in their order; see `planRegistration` for numbers that the shop has already,
 * also from the same list. New parcels are due at once, and their connection is woken after the register delay.
 */
export const registerTrackings = async (deps: RegisteringDeps, registering: Registering): Promise<Registered[]> => {
  const registered: Registered[] = []
  for (let from = 0; from < registering.trackings.length; from += registerMax) {
    const trackings = registering.trackings.slice(from, from + registerMax)
    registered.push(...(await registerSlice(deps, { ...registering, trackings })))
    await analyzeNewTables(deps.db.ofShop(registering.organizationId).sql, trackings.length)
  }
  return registered
}

const registerSlice = (deps: RegisteringDeps, registering: Registering): Promise<Registered[]> =>
  deps.db.ofShop(registering.organizationId).transaction(async (tx) => {
    const work: Work = { ...registering, deps, tx, now: await deps.clock(tx) }
    const registered = await registerWithin(work)
    await enter(work, registered)
    return registered
  })

/** Registers up to `registerMax` parcels in an open transaction; the audit log is for whoever began it. */
export const registerWithin = async (work: Work): Promise<Registered[]> => {
  const { deps, tx } = work
  const { lives, created } = await settle(work)
  const registered: Registered[] = []
  const orders: Joining[] = []
  const contacts: Joining[] = []
  const awake = new Set([...created].map(({ connectionId }) => connectionId ?? work.connectionId))
  for (const registration of work.trackings) {
    const { trackingNumber } = registration
    const life = lives.get(trackingNumber)!
    const planned: Planned = created.delete(registration) ? { outcome: 'created' } : plan(work, life, registration)
    if (planned.reopens) await reopen(work, life, registration)
    if (planned.outcome === 'renewed') await renew(work, life, registration)
    const order = () => ({ trackingId: life.id, ...toOrder(deps.contactKeys, registration) })
    if (planned.givesContact) contacts.push(order())
    if (planned.outcome === 'order_added') {
      orders.push(order())
      noteOrder(life, registration)
    }
    if (planned.reopens || planned.outcome === 'renewed') awake.add(life.connectionId)
    registered.push({
      ...{ outcome: planned.outcome, id: life.id, trackingNumber },
      ...(planned.isFull && { isFull: true }),
      ...(planned.givesContact && { given: givenTo(life, registration) }),
    })
  }
  const numberOf = new Map(registered.map(({ id, trackingNumber }) => [id, trackingNumber]))
  if (orders.length > 0) await join(work, { orders, numberOf })
  if (contacts.length > 0) await giveContacts(work, { contacts, numberOf })
  for (const connectionId of [...awake].sort())
    await wakeConnection(deps.boss, { connectionId, delaySeconds: deps.registerDelayMs / 1000, sql: tx })
  return registered
}

const plan = ({ isPast = false, now }: Work, life: Life, asked: TrackingRegistration): Planned =>
  isPast ? planPast(life, { asked, now }) : planRegistration(life, { asked, now })

const givenTo = ({ withoutEmail, withoutPhone }: Life, { orderNumber, contact }: TrackingRegistration): Given => {
  const orderFolded = foldOrderNumber(orderNumber!)
  const [lacksEmail, lacksPhone] = [withoutEmail.includes(orderFolded), withoutPhone.includes(orderFolded)]
  return {
    orderFolded,
    email: lacksEmail && contact?.email !== undefined,
    phone: lacksPhone && contact?.phone !== undefined,
    key: lacksEmail && lacksPhone,
  }
}

/** One entry of the audit log, with counts: the log of changes names the parcels. */
const enter = ({ tx, act = 'parcels.registered', actor, organizationId, now }: Work, registered: Registered[]) => {
  const counts = Object.entries(Object.groupBy(registered, ({ outcome }) => outcome))
  const detail = counts.map(([outcome, those]) => `${outcome} ${those.length}`).join(', ')
  const [only, another] = registered
  const object = only && !another && { object: `parcel:${only.id}` }
  return recordAct(tx, { act, actor, organizationId, ...object, detail, now })
}

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
    if (pass > passesMax) throw new Error('A parcel kept being registered and removed at the same time.')
    const missing = [...firsts.values()].filter(({ trackingNumber }) => !lives.has(trackingNumber))
    const rows = await insert(work, missing)
    for (const { id, trackingNumber, isNew } of rows) {
      if (!isNew) continue
      const registration = firsts.get(trackingNumber)!
      created.add(registration)
      lives.set(trackingNumber, newLife({ id, connectionId: work.connectionId }, registration))
    }
    const known = rows.flatMap(({ id, isNew }) => (isNew ? [] : [id]))
    const seen = known.length > 0 ? await findLives(tx, { ids: known, lock: false }) : new Map<string, Life>()
    const changing = trackings.flatMap((registration) => {
      const life = seen.get(registration.trackingNumber)
      const planned = life && plan(work, life, registration)
      return planned && (planned.outcome !== 'exists' || planned.givesContact) ? [life.id] : []
    })
    const locked = changing.length > 0 ? await findLives(tx, { ids: changing, lock: true }) : new Map<string, Life>()
    for (const [trackingNumber, life] of seen) {
      const current = changing.includes(life.id) ? locked.get(trackingNumber) : life
      if (current) lives.set(trackingNumber, current)
    }
  }
  return { lives, created }
}

const record = ({ tx, actor, now }: Work, changes: readonly ParcelChange[]) =>
  recordChanges(tx, { actor, now, changes })

/** Registers the new ones; nothing that was told of a number's archived life here counts for the next one: what came after its end is an echo of it. */
const insert = async (work: Work, registrations: readonly TrackingRegistration[]) => {
  const { tx, deps, actor, organizationId, connectionId, now } = work
  const rows = await recordRegistrations(tx, {
    ...{ actor, organizationId, connectionId, now },
    trackings: registrations.map((registration) => toNewTracking(deps, registration)),
  })
  const known = rows.filter(({ isNew, wasKnown }) => isNew && wasKnown)
  if (known.length === 0) return rows
  const trackingNumbers = known.map(({ trackingNumber }) => trackingNumber)
  const past = new Map(
    (await findPastLives(tx, { organizationId, trackingNumbers })).map((life) => [life.trackingNumber, life]),
  )
  const changes = known.flatMap(({ id, trackingNumber }) => {
    const life = past.get(trackingNumber)
    if (!life) return []
    const countsFrom = lastScanAt(readStoredScans(life.events, life.api), { since: life.endedAt, now })
    return [{ parcel: { id, organizationId, trackingNumber }, write: { countsFrom }, entries: [] }]
  })
  await record(work, changes)
  return rows
}

/** Adds orders to parcels that live. */
const join = async (work: Work, { orders, numberOf }: { orders: readonly Joining[]; numberOf: Numbers }) => {
  const { tx, organizationId, now } = work
  const joined = await addOrders(tx, { organizationId, now, orders })
  await recordOrders(work, { ids: joined, numberOf, entry: { kind: 'order_added' } })
}

/** Orders that came without a contact get it, so that their buyers can look them up. */
const giveContacts = async (
  work: Work,
  { contacts, numberOf }: { contacts: readonly Joining[]; numberOf: Numbers },
) => {
  const { tx, organizationId } = work
  const given = await addContacts(tx, { organizationId, orders: contacts })
  await recordOrders(work, { ids: given, numberOf, entry: { kind: 'shop_changed', detail: 'contact' } })
}

type Told = { ids: readonly string[]; numberOf: Numbers; entry: ParcelChange['entries'][number] }

const recordOrders = (work: Work, { ids, numberOf, entry }: Told) => {
  const { organizationId, now: changedAt } = work
  const changes = [...new Set(ids)].map((id) => ({
    ...{ parcel: { id, organizationId, trackingNumber: numberOf.get(id)! }, write: { changedAt }, entries: [entry] },
  }))
  return record(work, changes)
}

/** The number begins a new life; the old one is kept as archived, with all that was told of it. */
const renew = async (work: Work, life: Life, registration: TrackingRegistration): Promise<void> => {
  const { tx, organizationId, now } = work
  const old = await lockShopParcel(tx, { organizationId, trackingId: life.id })
  if (old?.endedAt) {
    await deleteSchedules(tx, [life.id])
    await record(work, [{ parcel: old, write: { archivedAt: now }, entries: [{ kind: 'archived' }] }])
  }
  const [row] = await insert(work, [registration])
  Object.assign(life, newLife({ id: row!.id, connectionId: work.connectionId }, registration))
}

const everything = { eventsMax: Number.POSITIVE_INFINITY, reuseAgeMs: Number.POSITIVE_INFINITY }

const fresh = { status: 'pending', substatus: null } as const

/** A lapsed parcel is checked again like a new one: silence counts from now on, its age from when it was first registered. */
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
