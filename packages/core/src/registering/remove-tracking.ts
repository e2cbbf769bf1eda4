import type { Actor } from '../actor.ts'
import { recordRemovals } from '../changes/index.ts'
import { noSuchTracking } from '../errors.ts'
import type { RegisteringDeps } from './registering-deps.ts'

type Removing = { actor: Actor; organizationId: string; trackingId: string }

/** Removes a parcel with its schedule and orders; an answer on its way finds nothing to write. The log keeps that there was one. */
export const removeTracking = (
  { db, clock }: Pick<RegisteringDeps, 'db' | 'clock'>,
  { actor, organizationId, trackingId }: Removing,
): Promise<void> =>
  db.transaction(async (tx) => {
    const parcels = [{ organizationId, id: trackingId }]
    const removed = await recordRemovals(tx, { actor, now: await clock(tx), kind: 'removed', parcels })
    if (removed === 0) throw noSuchTracking()
  })
