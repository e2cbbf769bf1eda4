import type { ReportKind } from '@jejak/contract'
import { type Clock, type Db, lockReported, noteReport } from '@jejak/db'

/** The attention that a customer's report raises; it stands until staff resolve it. */
const attentionOfReport = {
  not_received: 'customer_not_received',
  something_wrong: 'customer_something_wrong',
} as const satisfies Record<ReportKind, string>

type Reporting = { trackingId: string; kind: ReportKind; intervalMs: number }

/** Puts a parcel on its shop's attention list for a customer, at most once in `intervalMs`, unless it is there already. */
export const reportParcel = (
  { db, clock }: { db: Pick<Db, 'transaction'>; clock: Clock },
  { trackingId, kind, intervalMs }: Reporting,
): Promise<void> =>
  db.transaction(async (tx) => {
    const [isLocked, now] = await Promise.all([lockReported(tx, trackingId), clock(tx)])
    if (!isLocked) return
    const notedAfter = new Date(now.getTime() - intervalMs)
    await noteReport(tx, { trackingId, reason: attentionOfReport[kind], now, notedAfter })
  })
