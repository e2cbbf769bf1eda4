/**
 * The columns of tracking_cache with their types, `?` where they may be empty. What is read, and written by name, follows from this list; only
 * `document` is apart, which few read. Days are `YYYY-MM-DD`; `events` is JSON, an array of stored scans.
 */
export const parcelTypes = {
  id: 'bigint',
  organizationId: 'bigint',
  connectionId: 'bigint',
  trackingNumber: 'text',
  courier: 'text?',
  status: 'text',
  substatus: 'text?',
  events: 'text',
  collectedAt: 'timestamptz?',
  outForDeliveryAt: 'timestamptz?',
  deliveredAt: 'timestamptz?',
  estimatedDelivery: 'date?',
  bookedAt: 'timestamptz?',
  registeredAt: 'timestamptz',
  countsFrom: 'timestamptz?',
  changedAt: 'timestamptz',
  confirmedAt: 'timestamptz?',
  endedAt: 'timestamptz?',
  archivedAt: 'timestamptz?',
  requiresAttention: 'boolean',
  attentionReason: 'text?',
  attentionSeenAt: 'timestamptz?',
  documentVersion: 'text',
} as const

type Held = { bigint: string; text: string; timestamptz: Date; date: string; boolean: boolean }
type Holds<Type extends string> = Type extends `${infer Full extends keyof Held}?`
  ? Held[Full] | null
  : Held[Type & keyof Held]

/** A parcel as its row holds it, without its rendered document. */
export type ParcelRow = { [Name in keyof typeof parcelTypes]: Holds<(typeof parcelTypes)[Name]> } & {
  api: 'open' | 'classic'
}

export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The columns of a `ParcelRow`, of parcel `t` and its connection `c`. */
export const parcelColumns = `${Object.keys(parcelTypes)
  .map((name) => `t.${snake(name)} as "${name}"`)
  .join(', ')}, c.api`

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
