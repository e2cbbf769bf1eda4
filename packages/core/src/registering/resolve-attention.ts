import { lockShopParcel } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { attentionEntries, recordChanges } from '../changes/index.ts'
import { noSuchTracking } from '../errors.ts'
import { lastScanAt, readStoredScans } from '../parcels/index.ts'
import type { RegisteringDeps } from './registering-deps.ts'

type Resolving = { actor: Actor; organizationId: string; trackingId: string }

/** Takes a shop's parcel off its attention list; what was told until then raises none again. */
export const resolveAttention = (
  { db, clock }: Pick<RegisteringDeps, 'db' | 'clock'>,
  { actor, ...which }: Resolving,
): Promise<void> =>
  db.ofShop(which.organizationId).transaction(async (tx) => {
    const [parcel, now] = await Promise.all([lockShopParcel(tx, which), clock(tx)])
    if (!parcel) throw noSuchTracking()
    if (!parcel.requiresAttention) return
    const never = new Date(0)
    const lastAt = lastScanAt(readStoredScans(parcel.events, parcel.api), { since: never, now })
    const attentionSeenAt = lastAt > never ? lastAt : now
    const write = { attentionReason: null, attentionSeenAt, changedAt: now }
    const entries = attentionEntries(parcel.attentionReason, null)
    await recordChanges(tx, { actor, now, changes: [{ parcel, write, entries }] })
    await recordAct(tx, {
      ...{ act: 'attention.settled', actor, organizationId: which.organizationId, object: `parcel:${parcel.id}`, now },
      ...(parcel.attentionReason !== null && { detail: parcel.attentionReason }),
    })
  })
