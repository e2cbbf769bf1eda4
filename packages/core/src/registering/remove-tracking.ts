import { deleteParcels } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordChanges } from '../changes/index.ts'
import { noSuchTracking } from '../errors.ts'
import type { RegisteringDeps } from './registering-deps.ts'

type Removing = { actor: Actor; organizationId: string; trackingId: string }

/** Removes a parcel with its schedule and orders; an answer on its way finds nothing to write. The log keeps that there was one. */
export const removeTracking = (
  { db, clock }: Pick<RegisteringDeps, 'db' | 'clock'>,
  { actor, organizationId, trackingId }: Removing,
): Promise<void> =>
  db.transaction(async (tx) => {
    const [removed, now] = await Promise.all([deleteParcels(tx, [{ organizationId, id: trackingId }]), clock(tx)])
    if (removed.length === 0) throw noSuchTracking()
    const changes = removed.map((parcel) => ({ parcel, write: null, entries: [{ kind: 'removed' } as const] }))
    await recordChanges(tx, { actor, now, changes })
  })
