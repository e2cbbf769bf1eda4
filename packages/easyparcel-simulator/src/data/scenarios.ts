import type { PhraseKey } from './phrases.ts'

/** What is true of a parcel. `unknown` is the truth of one fixed test number only. */
export type Status =
  | 'pending'
  | 'info_received'
  | 'collected'
  | 'in_transit'
  | 'out_for_delivery'
  | 'ready_for_pickup'
  | 'attempt_failed'
  | 'on_hold'
  | 'exception'
  | 'delivered'
  | 'returning'
  | 'returned'
  | 'cancelled'
  | 'unknown'

/**
 * One line of a script: so many hours after the line before, EasyParcel learns this. `status` is what then is true of the parcel, written down
 * here and never worked out from code or text. `says` picks a phrase of the courier; `text` is given word for word. `own`: EasyParcel's own event.
 */
export type Line = {
  afterHours: readonly [number, number]
  code: number
  status: Status
  own?: true
} & ({ says: PhraseKey; text?: never } | { text: string; says?: never })

const line = (status: Status, code: number, says: PhraseKey, fromHours: number, toHours: number): Line => ({
  afterHours: [fromHours, toHours],
  code,
  status,
  says,
})
const exactly = (status: Status, code: number, text: string, fromHours: number, toHours: number): Line => ({
  afterHours: [fromHours, toHours],
  code,
  status,
  text,
})

const scheduled: Line = { ...exactly('pending', 7, 'Schedule In Arrangement', 0, 0), own: true }
const booked = [scheduled, line('info_received', 7, 'info', 1, 3)]
const pickedUp = [...booked, line('pending', 2, 'to_be_collected', 2, 3), line('collected', 3, 'collected', 2, 5)]
const moving = [line('in_transit', 4, 'moving', 2, 5), line('in_transit', 4, 'moving', 3, 6)]
const out = line('out_for_delivery', 4, 'out', 3, 6)
const delivered = line('delivered', 5, 'delivered', 2, 5)
const onTheWay = [...pickedUp, ...moving]
const sentBack = [line('returning', 8, 'returning', 2, 4), line('returned', 6, 'returned', 4, 8)]

/** Every life a parcel can have. The longest ends 63 script hours after booking: at speed 864 all are over in 263 seconds. */
export const scenarios = {
  normal: [...onTheWay, line('in_transit', 4, 'moving', 3, 6), out, delivered],
  short: [...pickedUp, line('in_transit', 4, 'moving', 3, 6), out, delivered],
  drop_off: [...booked, line('collected', 11, 'dropped_off', 2, 5), ...moving, out, delivered],
  failed_attempt: [
    ...onTheWay,
    out,
    line('attempt_failed', 8, 'attempt', 2, 4),
    line('out_for_delivery', 4, 'out', 8, 12),
    delivered,
  ],
  two_attempts: [
    ...onTheWay,
    out,
    line('attempt_failed', 4, 'attempt', 2, 3),
    line('out_for_delivery', 4, 'out', 8, 12),
    line('attempt_failed', 4, 'attempt', 2, 3),
    line('out_for_delivery', 4, 'out', 8, 12),
    delivered,
  ],
  hold: [...onTheWay, line('on_hold', 8, 'hold', 2, 4), line('in_transit', 4, 'moving', 8, 12), out, delivered],
  customs_hold: [
    ...onTheWay,
    line('on_hold', 8, 'customs', 2, 4),
    line('in_transit', 4, 'moving', 8, 12),
    out,
    delivered,
  ],
  held: [...onTheWay, line('on_hold', 8, 'hold', 3, 6)],
  ready_for_pickup: [
    ...onTheWay,
    line('ready_for_pickup', 4, 'ready', 3, 6),
    line('delivered', 5, 'handed_over', 6, 14),
  ],
  unclaimed: [
    ...onTheWay,
    line('ready_for_pickup', 4, 'ready', 2, 4),
    line('exception', 8, 'unclaimed', 8, 12),
    ...sentBack,
  ],
  returned: [
    ...onTheWay,
    out,
    line('attempt_failed', 8, 'attempt', 2, 4),
    line('on_hold', 8, 'hold', 2, 4),
    ...sentBack,
  ],
  refused: [
    ...onTheWay,
    out,
    line('attempt_failed', 4, 'refused', 2, 4),
    line('returning', 4, 'returning', 2, 4),
    line('returned', 6, 'returned', 4, 8),
  ],
  cancelled: [...booked, exactly('cancelled', 0, 'Cancelled', 4, 12)],
  cancelled_on_hold: [...booked, exactly('cancelled', 8, 'Cancelled', 4, 12)],
  lost: [...onTheWay, line('exception', 8, 'lost', 6, 12)],
  damaged: [...onTheWay, line('exception', 8, 'damaged', 4, 10)],
  misspelt: [...onTheWay, out, exactly('delivered', 5, 'Deliverd To Suntech', 2, 5)],
  unknown_codes: [
    ...pickedUp,
    line('in_transit', 99, 'moving', 2, 5),
    line('in_transit', 10, 'moving', 3, 6),
    line('in_transit', 9, 'moving', 2, 4),
    line('in_transit', 4, 'moving', 2, 4),
    line('in_transit', 1, 'moving', 2, 4),
    out,
    delivered,
  ],
  superseded_code: [
    ...pickedUp,
    exactly('in_transit', 5, 'Arrived at Sorting Hub', 2, 5),
    line('in_transit', 4, 'moving', 3, 6),
    out,
    delivered,
  ],
  late_collected_text: [
    ...booked,
    exactly('collected', 4, 'Parcel has been collected', 4, 8),
    ...moving,
    out,
    delivered,
  ],
  late_known: [
    { ...scheduled, afterHours: [4, 8] },
    line('info_received', 7, 'info', 1, 2),
    line('collected', 3, 'collected', 2, 4),
    ...moving,
    out,
    delivered,
  ],
  sandbox: [scheduled],
  never_known: [],
} as const satisfies Record<string, readonly Line[]>

export type Scenario = keyof typeof scenarios
export const scenarioNames = Object.keys(scenarios) as [Scenario, ...Scenario[]]

/** How often a booking that names no scenario gets each of them. */
export const weights: Partial<Record<Scenario, number>> = {
  normal: 40,
  short: 15,
  drop_off: 8,
  failed_attempt: 6,
  two_attempts: 2,
  hold: 4,
  customs_hold: 2,
  held: 1,
  ready_for_pickup: 4,
  unclaimed: 1,
  returned: 2,
  refused: 2,
  cancelled: 2,
  cancelled_on_hold: 1,
  lost: 1,
  damaged: 1,
  misspelt: 2,
  unknown_codes: 2,
  superseded_code: 1,
  late_collected_text: 1,
  late_known: 2,
}

/** Numbers that every account knows at once and that never move; the last line is the status each one forces. */
export const testNumbers: Record<string, readonly Line[]> = {
  'EPTEST-PENDING1': [scheduled],
  'EPTEST-INFO-RECEIVED1': [scheduled, exactly('info_received', 7, 'Shipment information sent to City-Link', 1, 1)],
  'EPTEST-COLLECTED1': [scheduled, exactly('collected', 3, 'Parcel has been collected at Penang', 1, 1)],
  'EPTEST-IN-TRANSIT1': [scheduled, exactly('in_transit', 4, 'Delivery In Transit', 1, 1)],
  'EPTEST-OUT-FOR-DELIVERY1': [scheduled, exactly('out_for_delivery', 4, 'Item out for delivery', 1, 1)],
  'EPTEST-READY-FOR-PICKUP1': [scheduled, exactly('ready_for_pickup', 4, 'The package is ready for collection.', 1, 1)],
  'EPTEST-ATTEMPT-FAILED1': [scheduled, exactly('attempt_failed', 4, 'Receiver not home', 1, 1)],
  'EPTEST-ON-HOLD1': [scheduled, exactly('on_hold', 8, 'On Hold', 1, 1)],
  'EPTEST-EXCEPTION1': [scheduled, exactly('exception', 8, 'Delivery Exception, Parcel Lost', 1, 1)],
  'EPTEST-DELIVERED1': [scheduled, exactly('delivered', 5, 'Parcel delivered and signed by the customer.', 1, 1)],
  'EPTEST-RETURNING1': [scheduled, exactly('returning', 8, 'Package is being returning to sender', 1, 1)],
  'EPTEST-RETURNED1': [scheduled, exactly('returned', 6, 'Package has been returned to sender', 1, 1)],
  'EPTEST-CANCELLED1': [scheduled, exactly('cancelled', 0, 'Cancelled', 1, 1)],
  'EPTEST-CANCELLED8': [scheduled, exactly('cancelled', 8, 'Cancelled', 1, 1)],
  'EPTEST-UNKNOWN1': [exactly('unknown', 99, 'Parcel Measurements Update', 1, 1)],
  'EPTEST-NOT-FOUND1': [],
}
