/** A parcel as its row holds it, without its rendered document. Days are `YYYY-MM-DD`. */
export type ParcelRow = {
  id: string
  organizationId: string
  connectionId: string
  api: 'open' | 'classic'
  trackingNumber: string
  courier: string | null
  status: string
  substatus: string | null
  /** JSON, an array of stored scans. */
  events: string
  collectedAt: Date | null
  outForDeliveryAt: Date | null
  deliveredAt: Date | null
  estimatedDelivery: string | null
  bookedAt: Date | null
  registeredAt: Date
  countsFrom: Date | null
  changedAt: Date
  confirmedAt: Date | null
  endedAt: Date | null
  archivedAt: Date | null
  requiresAttention: boolean
  attentionReason: string | null
  attentionSeenAt: Date | null
  documentVersion: string
}

/** The columns of a `ParcelRow`, of parcel `t` and its connection `c`. */
export const parcelColumns = `
  t.id, t.organization_id as "organizationId", t.connection_id as "connectionId", c.api, t.tracking_number as "trackingNumber", t.courier,
  t.status, t.substatus, t.events, t.collected_at as "collectedAt", t.out_for_delivery_at as "outForDeliveryAt",
  t.delivered_at as "deliveredAt", t.estimated_delivery as "estimatedDelivery", t.booked_at as "bookedAt", t.registered_at as "registeredAt",
  t.counts_from as "countsFrom", t.changed_at as "changedAt", t.confirmed_at as "confirmedAt", t.ended_at as "endedAt",
  t.archived_at as "archivedAt", t.requires_attention as "requiresAttention", t.attention_reason as "attentionReason",
  t.attention_seen_at as "attentionSeenAt", t.document_version as "documentVersion"`

/** Which parcel, for what is said about it. */
export type ParcelRef = Pick<ParcelRow, 'id' | 'organizationId' | 'trackingNumber'>

export const refColumns = `id, organization_id as "organizationId", tracking_number as "trackingNumber"`

/** What a parcel's schedule says; archived parcels have none. */
export type ScheduleRow = {
  callId: string | null
  checkedAt: Date | null
  checkedBy: string | null
  toldAgainAt: Date | null
  updatePriority: number
  consecutiveFailures: number
  lastFailure: string | null
  strikes: number
  struckAt: Date | null
}

/** The columns of a `ScheduleRow`, of schedule `s`. */
export const scheduleColumns = `
  s.call_id as "callId", s.checked_at as "checkedAt", s.checked_by as "checkedBy", s.told_again_at as "toldAgainAt",
  s.update_priority as "updatePriority", s.consecutive_failures as "consecutiveFailures", s.last_failure as "lastFailure", s.strikes,
  s.struck_at as "struckAt"`

/** A parcel with its schedule. */
export type ScheduledParcelRow = ParcelRow & ScheduleRow
