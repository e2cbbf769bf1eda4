import { type Substatus, type TrackingEvent, type TrackingStatus, trackingStatuses } from '@jejak/contract'

/** A guessed zone is wrong by at most this much: couriers write Malaysian time or UTC (easyparcel-api.md §3.4). */
const zoneDoubtMs = 8 * 3_600_000

/** What may take a parcel out of a final status, if it happened later. Anything else is an echo of earlier days. */
const contradictions: Partial<Record<TrackingStatus, readonly TrackingStatus[]>> = {
  delivered: ['returning', 'returned', 'attempt_failed', 'on_hold', 'exception'],
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

const lifeStageOf = (event: TrackingEvent): number => trackingStatuses.indexOf(event.status)
const timeOf = (event: TrackingEvent): number => Date.parse(event.at)

const orderIsInDoubt = (a: TrackingEvent, b: TrackingEvent): boolean =>
  a.zoneGuessed !== b.zoneGuessed && Math.abs(timeOf(a) - timeOf(b)) <= zoneDoubtMs

const restOf = ({ zoneGuessed, substatus, location, rawAt, code, text }: TrackingEvent): string =>
  JSON.stringify([zoneGuessed, substatus, location, rawAt, code, text])

/** Positive when `a` says more about where the parcel is now than `b`. A total order, so that arrival never decides. */
const compareRecency = (a: TrackingEvent, b: TrackingEvent): number =>
  timeOf(a) - timeOf(b) || lifeStageOf(a) - lifeStageOf(b) || (restOf(a) < restOf(b) ? -1 : 1)

const newestOf = (events: readonly TrackingEvent[]): TrackingEvent | null =>
  events.reduce<TrackingEvent | null>((best, event) => (best && compareRecency(best, event) >= 0 ? best : event), null)

/** The newest of either kind of clock; where a guessed zone could swap the two, the later stage of life. */
const currentOf = (events: readonly TrackingEvent[]): TrackingEvent | null => {
  const certain = newestOf(events.filter((event) => !event.zoneGuessed))
  const guessed = newestOf(events.filter((event) => event.zoneGuessed))
  if (!certain || !guessed) return certain ?? guessed
  const byStage = orderIsInDoubt(certain, guessed) ? lifeStageOf(certain) - lifeStageOf(guessed) : 0
  return (byStage || compareRecency(certain, guessed)) > 0 ? certain : guessed
}

const isOverturnedBy = (end: TrackingEvent, event: TrackingEvent): boolean =>
  (contradictions[end.status] ?? []).includes(event.status) &&
  timeOf(event) > timeOf(end) &&
  (!orderIsInDoubt(event, end) || lifeStageOf(event) > lifeStageOf(end))

export type DerivedStatus = { status: TrackingStatus; substatus: Substatus | null; decidedBy: TrackingEvent | null }

/**
 * The status that these events add up to, in whatever order they came. The first end that no later event contradicts
 * stands; without one, the newest event a person could read decides. `lapsed` is never derived: it is about silence.
 */
export const deriveStatus = (events: readonly TrackingEvent[]): DerivedStatus => {
  const read = events.filter(({ status }) => status !== 'unknown' && status !== 'lapsed')
  const ends = read.filter(({ status }) => contradictions[status])
  const overturned = new Set(ends.filter((end) => read.some((event) => isOverturnedBy(end, event))))
  const standing = ends.filter((end) => !overturned.has(end))
  const decidedBy =
    standing.length > 0 ? earliestOf(standing) : currentOf(read.filter((event) => !overturned.has(event)))
  if (decidedBy) return { status: decidedBy.status, substatus: decidedBy.substatus, decidedBy }
  return { status: events.length > 0 ? 'unknown' : 'pending', substatus: null, decidedBy: newestOf(events) }
}

/** The first end to happen; of two at the same instant the later stage of life. */
const earliestOf = (ends: readonly TrackingEvent[]): TrackingEvent | null => {
  const first = Math.min(...ends.map(timeOf))
  return newestOf(ends.filter((end) => timeOf(end) === first))
}

export type Milestones = { collectedAt: Date | null; outForDeliveryAt: Date | null; deliveredAt: Date | null }

const firstInstantOf = (events: readonly TrackingEvent[], status: TrackingStatus): Date | null => {
  const instants = events.filter((event) => event.status === status).map(timeOf)
  return instants.length > 0 ? new Date(Math.min(...instants)) : null
}

/** When the parcel first reached each stage. `deliveredAt` is the delivery that stands, null once the parcel has left `delivered`. */
export const milestonesOf = (events: readonly TrackingEvent[]): Milestones => {
  const { status, decidedBy } = deriveStatus(events)
  return {
    collectedAt: firstInstantOf(events, 'collected'),
    outForDeliveryAt: firstInstantOf(events, 'out_for_delivery'),
    deliveredAt: status === 'delivered' && decidedBy ? new Date(timeOf(decidedBy)) : null,
  }
}
