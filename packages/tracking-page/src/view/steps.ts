import type { TrackingStatus } from '@jejak/contract'
import type { Word } from '../words/en.ts'
import { reachedBy } from './looks.ts'
import type { ShownDocument } from './shown-document.ts'

export type Step = { word: Word; state: 'done' | 'current' | 'problem' | 'todo' }

const outward = ['ordered', 'collected', 'in_transit', 'out_for_delivery', 'delivered'] as const
const pickup = ['ordered', 'collected', 'in_transit', 'ready_for_pickup', 'delivered'] as const
const back = ['ordered', 'collected', 'in_transit', 'returning', 'returned'] as const

const troubles: readonly TrackingStatus[] = ['attempt_failed', 'on_hold', 'exception', 'returning', 'lapsed']
const withoutSteps: readonly TrackingStatus[] = ['cancelled', 'unknown']

/** Which of the two ways to the buyer the last such scan shows; home, if none does. */
const wayOf = ({ status, events }: Pick<ShownDocument, 'status' | 'events'>) => {
  if (status === 'returning' || status === 'returned') return back
  const last = [status, ...events.map((event) => event.status)].find((one) => reachedBy(one) === 3)
  return last === 'ready_for_pickup' ? pickup : outward
}

/** A parcel on hold stands where its scans have shown it to be. */
const furthest = ({ status, events }: Pick<ShownDocument, 'status' | 'events'>): number =>
  reachedBy(status) ?? Math.min(3, Math.max(0, ...events.map((event) => reachedBy(event.status) ?? 0)))

const stateOf = (index: number, reached: number, status: TrackingStatus): Step['state'] => {
  if (index > reached) return 'todo'
  if (index < reached || status === 'delivered' || status === 'returned') return 'done'
  return troubles.includes(status) ? 'problem' : 'current'
}

/** The parcel's way in five steps; none where steps would say something untrue. */
export const stepsOf = (document: Pick<ShownDocument, 'status' | 'events'>): Step[] => {
  if (withoutSteps.includes(document.status)) return []
  const reached = furthest(document)
  return wayOf(document).map((name, index) => ({
    word: `step_${name}`,
    state: stateOf(index, reached, document.status),
  }))
}
