import type { TrackingRegistration } from '@jejak/contract'
import {
  adoptParcels,
  analyzeNewTables,
  linkBookings,
  lockScheduledParcels,
  lockUnmade,
  type ShopTx,
  type UnmadeBooking,
} from '@jejak/db'
import { syncActor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { registerWithin } from '../registering/register-trackings.ts'
import { bookedAtOf } from './booked-at.ts'
import type { SyncDeps, SyncRun } from './sync-deps.ts'
import { tellParcels } from './tell-parcels.ts'

const atOnce = 500

/** Makes parcels of bookings that have a number, by the verb that registers them, and tells them what EasyParcel says. Returns how many bookings. */
export const makeParcels = async (deps: SyncDeps, run: SyncRun): Promise<number> => {
  let made = 0
  for (let some = atOnce; some === atOnce && !run.signal.aborted; made += some) {
    some = await makeSome(deps, run)
    await analyzeNewTables(deps.checks.db.sql, some)
  }
  return made
}

const makeSome = (deps: SyncDeps, { connectionId, organizationId }: SyncRun): Promise<number> =>
  deps.checks.db.ofShop(organizationId).transaction(async (tx) => {
    const bookings = await lockUnmade(tx, { connectionId, limit: atOnce })
    if (bookings.length === 0) return 0
    const now = await deps.checks.clock(tx)
    const trackings = bookings.map((booking) => toRegistration(booking, now))
    const registering = { actor: syncActor, organizationId, connectionId, trackings }
    const registered = await registerWithin({ ...registering, deps: deps.registering, tx, now })
    const known = registered.filter(({ outcome }) => outcome !== 'created' && outcome !== 'renewed')
    await adopt(tx, { connectionId, now, ids: known.map(({ id }) => id) })
    const told = bookings.map((booking, place) => ({ ...booking, trackingId: registered[place]!.id }))
    const created = new Set(registered.flatMap(({ id, outcome }) => (outcome === 'created' ? [id] : [])))
    await tellParcels(deps, { tx, now, told, created })
    await linkBookings(tx, { now, linked: told })
    const detail = `created ${created.size}, known ${bookings.length - created.size}`
    await recordAct(tx, {
      act: 'parcels.synced',
      actor: syncActor,
      organizationId,
      object: `connection:${connectionId}`,
      detail,
      now,
    })
    return bookings.length
  })

/** A parcel that another account of the shop never knew is this one's. */
const adopt = async (tx: ShopTx, { ids, ...account }: { connectionId: string; now: Date; ids: readonly string[] }) => {
  if (ids.length === 0) return
  await lockScheduledParcels(tx, ids)
  await adoptParcels(tx, { ...account, ids })
}

const toRegistration = ({ trackingNumber, courier, collectionDay }: UnmadeBooking, now: Date): TrackingRegistration => {
  const bookedAt = bookedAtOf(collectionDay, now)
  return {
    trackingNumber,
    ...(courier !== null && { courier }),
    ...(bookedAt !== null && { bookedAt: bookedAt.toISOString() }),
  }
}
