import { type Substatus, type TrackingEvent, type TrackingStatus, trackingStatuses } from '@jejak/contract'

/** A guessed zone is wrong by at most this much: couriers write Malaysian time or UTC. */
const zoneDoubtMs = 8 * 3_600_000

/** An event, and where the newest answer that told it has it: its instant, and its place in the log. `ms` is `at` as a number, where that was read before. */
export type RankedEvent = TrackingEvent & { toldAt?: string; position?: number; ms?: number }

/** What may take a parcel out of a final status, if it happened later. Anything else is an echo of earlier days. */
const contradictions: Partial<Record<TrackingStatus, readonly TrackingStatus[]>> = {
  delivered: ['returning', 'returned', 'on_hold', 'exception'],
  returned: ['out_for_delivery', 'delivered'],
  cancelled: [
    'collected',
    'in_transit',
    'out_for_delivery',
    'ready_for_pickup',
    'attempt_failed',
    'delivered',
    'returning',
    'returned',
  ],
}

/** A parcel that was delivered and does one of these hours later was not: an hour's delay is an echo, whatever zone was meant. */
const reopening: ReadonlySet<TrackingStatus> = new Set(['out_for_delivery', 'attempt_failed', 'collected'])
const moving: ReadonlySet<TrackingStatus> = new Set([...reopening, 'in_transit', 'ready_for_pickup'])
const hourMs = 3_600_000
const reopenAfterMs = { certain: 4 * hourMs, guessed: 12 * hourMs }
const movedAfterMs = 12 * hourMs

const lifeStageOf = (event: TrackingEvent): number => trackingStatuses.indexOf(event.status)
const timeOf = ({ at, ms }: RankedEvent): number => ms ?? Date.parse(at)

const orderIsInDoubt = (a: RankedEvent, b: RankedEvent): boolean =>
  a.zoneGuessed !== b.zoneGuessed && Math.abs(timeOf(a) - timeOf(b)) <= zoneDoubtMs

const restOf = ({ zoneGuessed, substatus, location, rawAt, code, text }: TrackingEvent): string =>
  JSON.stringify([zoneGuessed, substatus, location, rawAt, code, text])

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Positive when `a` says more about where the parcel is now than `b`. Of the same instant, the one further on in the newest answer; then the later
 * stage of life. A total order, so that arrival never decides.
 */
export const compareRecency = (a: RankedEvent, b: RankedEvent): number =>
  timeOf(a) - timeOf(b) ||
  compareText(a.toldAt ?? '', b.toldAt ?? '') ||
  (a.position ?? 0) - (b.position ?? 0) ||
  lifeStageOf(a) - lifeStageOf(b) ||
  compareText(restOf(a), restOf(b))

const newestOf = <Event extends RankedEvent>(events: readonly Event[]): Event | null =>
  events.reduce<Event | null>((best, event) => (best && compareRecency(best, event) >= 0 ? best : event), null)

/** The newest of either kind of clock; where a guessed zone could swap the two, the later stage of life. */
const currentOf = <Event extends RankedEvent>(events: readonly Event[]): Event | null => {
  const certain = newestOf(events.filter((event) => !event.zoneGuessed))
  const guessed = newestOf(events.filter((event) => event.zoneGuessed))
  if (!certain || !guessed) return certain ?? guessed
  const byStage = orderIsInDoubt(certain, guessed) ? lifeStageOf(certain) - lifeStageOf(guessed) : 0
  return (byStage || compareRecency(certain, guessed)) > 0 ? certain : guessed
}

const isOverturnedBy = (end: RankedEvent, event: RankedEvent): boolean =>
  (contradictions[end.status] ?? []).includes(event.status) &&
  timeOf(event) > timeOf(end) &&
  (!orderIsInDoubt(event, end) || lifeStageOf(event) > lifeStageOf(end))

const isReopenedBy = (delivery: RankedEvent, event: RankedEvent): boolean => {
  const afterMs = delivery.zoneGuessed || event.zoneGuessed ? reopenAfterMs.guessed : reopenAfterMs.certain
  return reopening.has(event.status) && timeOf(event) - timeOf(delivery) >= afterMs
}

/** Deliveries after which the parcel was on its way again. Several scans of one delivery count from its first. */
const reopenedDeliveries = (oldestFirst: readonly RankedEvent[]): RankedEvent[] => {
  const reopened: RankedEvent[] = []
  let delivery: RankedEvent[] = []
  for (const event of oldestFirst) {
    const [first] = delivery
    if (event.status === 'delivered') delivery.push(event)
    else if (first && isReopenedBy(first, event)) {
      reopened.push(...delivery)
      delivery = []
    } else if (first && isOverturnedBy(first, event)) delivery = []
  }
  return reopened
}

const isStated = ({ source }: RankedEvent): boolean => source === 'staff'

/** What the shop's people state outweighs all that happened before, whatever comes after is believed as ever. */
const sinceStatement = <Event extends RankedEvent>(read: readonly Event[]): readonly Event[] => {
  const stated = newestOf(read.filter(isStated))
  return stated ? read.filter((event) => event === stated || timeOf(event) > timeOf(stated)) : read
}

export type DerivedStatus<Event extends RankedEvent = RankedEvent> = {
  status: TrackingStatus
  substatus: Substatus | null
  decidedBy: Event | null
  /** Delivered, and then on its way again: at least the scans do not fit. */
  movedOn: boolean
}

/**
 * The status that these events add up to, in whatever order they came. The first end that no later event contradicts
 * stands; without one, the newest event a person could read decides. `lapsed` is never derived: it is about silence.
 * What the courier took back decides nothing, nor does what came before a statement of the shop.
 */
export const deriveStatus = <Event extends RankedEvent>(events: readonly Event[]): DerivedStatus<Event> => {
  const told = events.filter(({ gone }) => !gone)
  const readable = told.filter(({ status }) => status !== 'unknown' && status !== 'lapsed')
  const read = sinceStatement(readable).toSorted(compareRecency)
  const ends = read.filter(({ status }) => contradictions[status])
  const reopened: RankedEvent[] = reopenedDeliveries(read)
  const overturned = new Set<RankedEvent>([
    ...ends.filter((end) => read.some((event) => isOverturnedBy(end, event))),
    ...reopened,
  ])
  const standing = ends.filter((end) => !overturned.has(end))
  const decidedBy =
    standing.length > 0 ? earliestOf(standing) : currentOf(read.filter((event) => !overturned.has(event)))
  if (!decidedBy) {
    const status = told.length > 0 ? 'unknown' : 'pending'
    return { status, substatus: null, decidedBy: newestOf(told), movedOn: false }
  }
  const { status, substatus } = decidedBy
  return { status, substatus, decidedBy, movedOn: reopened.length > 0 || isMovingOn(decidedBy, read) }
}

/** One scan after a delivery is an echo; two, the last of them half a day later, are worth a look. */
const isMovingOn = (decidedBy: RankedEvent, read: readonly RankedEvent[]): boolean => {
  if (decidedBy.status !== 'delivered') return false
  const later = read.filter((event) => moving.has(event.status) && timeOf(event) > timeOf(decidedBy))
  return later.length > 1 && later.some((event) => timeOf(event) - timeOf(decidedBy) >= movedAfterMs)
}

/** The first end to happen; of two at the same instant the one that says more. */
const earliestOf = <Event extends RankedEvent>(ends: readonly Event[]): Event | null => {
  const first = Math.min(...ends.map(timeOf))
  return newestOf(ends.filter((end) => timeOf(end) === first))
}

export type Milestones = { collectedAt: Date | null; outForDeliveryAt: Date | null; deliveredAt: Date | null }

/** The scan that first told a stage of the parcel's life. */
export const firstOf = <Event extends RankedEvent>(events: readonly Event[], status: TrackingStatus): Event | null =>
  earliestOf(events.filter((event) => event.status === status && !event.gone))

const instantOf = (event: RankedEvent | null): Date | null => event && new Date(timeOf(event))

/** When the parcel first reached each stage. `deliveredAt` is the delivery that stands, null once the parcel has left `delivered`. */
export const milestonesOf = (
  events: readonly RankedEvent[],
  { status, decidedBy }: Pick<DerivedStatus, 'status' | 'decidedBy'> = deriveStatus(events),
): Milestones => ({
  collectedAt: instantOf(firstOf(events, 'collected')),
  outForDeliveryAt: instantOf(firstOf(events, 'out_for_delivery')),
  deliveredAt: status === 'delivered' ? instantOf(decidedBy) : null,
})
