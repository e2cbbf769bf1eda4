import { z } from 'zod'

/** Every status a tracking can have, in the order of a parcel's life. `unknown` is for a code or text no one can read. */
export const trackingStatuses = [
  'pending',
  'info_received',
  'collected',
  'in_transit',
  'out_for_delivery',
  'ready_for_pickup',
  'attempt_failed',
  'on_hold',
  'exception',
  'delivered',
  'returning',
  'returned',
  'cancelled',
  'lapsed',
  'unknown',
] as const

export type TrackingStatus = (typeof trackingStatuses)[number]
export const trackingStatus = z.enum(trackingStatuses)

/** Statuses that end a parcel's life: nothing more is expected, and no schedule asks for it. */
export const terminalStatuses = ['delivered', 'returned', 'cancelled', 'lapsed'] as const satisfies TrackingStatus[]

/** True for a status after which the parcel is not checked any more (one confirmation aside). */
export const isTerminal = (status: TrackingStatus): boolean =>
  (terminalStatuses as readonly TrackingStatus[]).includes(status)

/** What a status can say more precisely. A substatus belongs to exactly one status; pages translate both. */
export const substatusesOf = {
  pending: ['booked', 'awaiting_pickup', 'awaiting_drop_off', 'pickup_failed'],
  info_received: [],
  collected: ['picked_up', 'dropped_off'],
  in_transit: ['departed', 'arrived', 'sorting', 'customs', 'handed_over'],
  out_for_delivery: [],
  ready_for_pickup: ['at_counter', 'in_locker'],
  attempt_failed: ['recipient_absent', 'refused', 'bad_address', 'unreachable'],
  on_hold: ['customs_hold', 'payment_due', 'documents_missing', 'rescheduled', 'intercepted'],
  exception: ['lost', 'damaged', 'misrouted', 'delayed', 'unclaimed', 'partly_delivered'],
  delivered: ['to_recipient', 'to_someone_else', 'picked_up_by_recipient'],
  returning: [],
  returned: [],
  cancelled: [],
  lapsed: [],
  unknown: [],
} as const satisfies Record<TrackingStatus, readonly string[]>

export type Substatus = (typeof substatusesOf)[TrackingStatus][number]
export const substatus = z.enum(Object.values(substatusesOf).flat() as [Substatus, ...Substatus[]])
