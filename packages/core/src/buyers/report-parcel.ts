import type { ReportKind } from '@jejak/contract'
import { type Clock, type Db, hasChangeAfter, lockParcels } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { attentionEntries, recordChanges } from '../changes/index.ts'

/** The attention that a customer's report raises; it stands until staff resolve it. */
export const reportReasons = {
  not_received: 'customer_not_received',
  something_wrong: 'customer_something_wrong',
} as const satisfies Record<ReportKind, string>

type Reporting = { actor: Actor; organizationId: string; trackingId: string; kind: ReportKind; intervalMs: number }

/** Puts a parcel on its shop's attention list for a customer, at most once in `intervalMs`, unless it is there already. */
export const reportParcel = (
  { db, clock }: { db: Pick<Db, 'ofShop'>; clock: Clock },
  { actor, organizationId, trackingId, kind, intervalMs }: Reporting,
): Promise<void> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const [[parcel], now] = await Promise.all([lockParcels(tx, [trackingId]), clock(tx)])
    if (!parcel || parcel.archivedAt) return
    const after = new Date(now.getTime() - intervalMs)
    if (await hasChangeAfter(tx, { parcel, kind: 'reported', after })) return
    const reason = reportReasons[kind]
    const standing = parcel.attentionReason
    const write = standing === null ? { attentionReason: reason, changedAt: now } : null
    const entries = [{ kind: 'reported', detail: reason } as const, ...attentionEntries(standing, standing ?? reason)]
    await recordChanges(tx, { actor, now, changes: [{ parcel, write, entries }] })
  })
