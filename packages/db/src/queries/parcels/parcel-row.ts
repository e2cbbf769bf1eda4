import { columnsOf, type RowOf } from '../../columns.ts'

/** What a shop says about a parcel when it registers it, besides its number: contract's `parcelDetails`. */
export const detailTypes = { courier: 'text?', estimatedDelivery: 'date?', bookedAt: 'timestamptz?' } as const

/**
 * The columns of tracking_cache with their types, `?` where they may be empty. What is read, and written by name, follows from this list; only
 * `document` is apart, which few read. Days are `YYYY-MM-DD`; `events` is JSON, an array of stored scans.
 */
export const parcelTypes = {
  id: 'bigint',
  organizationId: 'bigint',
  connectionId: 'bigint',
  trackingNumber: 'text',
  ...detailTypes,
  status: 'text',
  substatus: 'text?',
  events: 'text',
  collectedAt: 'timestamptz?',
  outForDeliveryAt: 'timestamptz?',
  deliveredAt: 'timestamptz?',
  registeredAt: 'timestamptz',
  countsFrom: 'timestamptz?',
  listedCode: 'int?',
  listedAt: 'timestamptz?',
  changedAt: 'timestamptz',
  confirmedAt: 'timestamptz?',
  endedAt: 'timestamptz?',
  archivedAt: 'timestamptz?',
  requiresAttention: 'boolean',
  attentionReason: 'text?',
  attentionSeenAt: 'timestamptz?',
  documentVersion: 'text',
} as const

/** A parcel as its row holds it, without its rendered document. */
export type ParcelRow = RowOf<typeof parcelTypes> & { api: 'open' | 'classic' }

/** The columns of a `ParcelRow`, of parcel `t` and its connection `c`. */
export const parcelColumns = `${columnsOf('t', Object.keys(parcelTypes))}, c.api`

/** Which parcel, for what is said about it. */
export type ParcelRef = Pick<ParcelRow, 'id' | 'organizationId' | 'trackingNumber'>

export const refColumns = `id, organization_id as "organizationId", tracking_number as "trackingNumber"`

const scheduleTypes = {
  callId: 'bigint?',
  checkedAt: 'timestamptz?',
  checkedBy: 'text?',
  toldAgainAt: 'timestamptz?',
  updatePriority: 'smallint',
  consecutiveFailures: 'smallint',
  lastFailure: 'text?',
  strikes: 'smallint',
  struckAt: 'timestamptz?',
} as const

/** What a parcel's schedule says; archived parcels have none. */
export type ScheduleRow = RowOf<typeof scheduleTypes>

/** The columns of a `ScheduleRow`, of schedule `s`. */
export const scheduleColumns = columnsOf('s', Object.keys(scheduleTypes))

/** A parcel with its schedule. */
export type ScheduledParcelRow = ParcelRow & ScheduleRow
