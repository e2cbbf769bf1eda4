import type { Substatus, TrackingStatus } from './status.ts'

const stopped: readonly (TrackingStatus | Substatus | null)[] = [
  'cancelled',
  'returning',
  'returned',
  'refused',
  'intercepted',
  'lost',
  'unclaimed',
]

/** False for a parcel that has turned back or was stopped: the day that was promised for it no longer holds. */
export const isComing = ({ status, substatus }: { status: TrackingStatus; substatus: Substatus | null }): boolean =>
  !stopped.includes(status) && !stopped.includes(substatus)
