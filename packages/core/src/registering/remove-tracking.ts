import { lockLives } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { recordRemovals } from '../changes/index.ts'
import { noSuchTracking } from '../errors.ts'
import type { RegisteringDeps } from './registering-deps.ts'

type Removing = { actor: Actor; organizationId: string; trackingId: string }

/** Removes a parcel, the archived lives of its number before it, and their orders; an answer on its way finds nothing to write. The log keeps that they were. */
export const removeTracking = (
  { db, clock }: Pick<RegisteringDeps, 'db' | 'clock'>,
  { actor, organizationId, trackingId }: Removing,
): Promise<void> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const [parcels, now] = await Promise.all([lockLives(tx, { organizationId, trackingIds: [trackingId] }), clock(tx)])
    const removed = await recordRemovals(tx, { actor, now, kind: 'removed', parcels })
    if (removed === 0) throw noSuchTracking()
    const detail = `parcels with this number: ${removed}`
    await recordAct(tx, { act: 'parcels.removed', actor, organizationId, object: `parcel:${trackingId}`, detail, now })
  })
