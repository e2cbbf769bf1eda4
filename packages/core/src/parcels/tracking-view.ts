import type { Substatus, TrackingEvent, TrackingStatus, TrackingView } from '@jejak/contract'
import type { StaffTrackingRow } from '@jejak/db'
import { priorities } from '@jejak/db/priorities'
import { detailsOf } from './details.ts'
import { type FreshnessColumns, freshnessOfRow } from './freshness.ts'
import { type ReadingRules, readRow } from './read-parcel.ts'
import type { ReadEvent } from './to-events.ts'

type ViewContext = Parameters<typeof freshnessOfRow>[1] & { rules: ReadingRules }

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null

const toStaffEvent = ({ toldAt, position, ms, flags, ...event }: ReadEvent): TrackingEvent => event

/** A tracking as its shop and staff see it. */
export const toTrackingView = (
  row: StaffTrackingRow & FreshnessColumns,
  { rules, ...at }: ViewContext,
): TrackingView => ({
  id: row.id,
  trackingNumber: row.trackingNumber,
  ...detailsOf(row),
  orderNumber: row.orders.at(-1)?.orderNumber ?? null,
  hasContact: row.orders.at(-1)?.hasContact ?? false,
  orders: row.orders
    .toReversed()
    .map((order) => ({ ...order, registeredAt: new Date(order.registeredAt).toISOString() })),
  status: row.status as TrackingStatus,
  substatus: row.substatus as Substatus | null,
  milestones: {
    collectedAt: iso(row.collectedAt),
    outForDeliveryAt: iso(row.outForDeliveryAt),
    deliveredAt: iso(row.deliveredAt),
  },
  requiresAttention: row.requiresAttention,
  attentionReason: row.attentionReason,
  registeredAt: row.registeredAt.toISOString(),
  freshness: freshnessOfRow(row, at),
  schedule: {
    checkedAt: iso(row.checkedAt),
    nextCheckAt: iso(row.nextCheckAt),
    priority: row.updatePriority ?? priorities.scheduled,
    explanation: row.dueBecause,
    failures: row.consecutiveFailures,
    lastFailure: row.lastFailure,
    inFlight: row.inFlight,
  },
  events: readRow(row, { now: at.now, rules }).events.map(toStaffEvent),
})
