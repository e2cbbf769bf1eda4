import type { Substatus, TrackingStatus } from './status.ts'

const goneBack: readonly TrackingStatus[] = ['cancelled', 'returning', 'returned']
const stopped: readonly Substatus[] = ['refused', 'intercepted', 'lost', 'unclaimed']

/** False for a parcel that has turned back or was stopped: the day that was promised for it no longer holds. */
export const isComing = ({ status, substatus }: { status: TrackingStatus; substatus: Substatus | null }): boolean =>
  !goneBack.includes(status) && !(substatus !== null && stopped.includes(substatus))
