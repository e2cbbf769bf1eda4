import type { DueRow, ScheduleChange } from '@jejak/db'

/** When a parcel was due, as it is written again. */
export const toDueBefore = ({ id, callId: _callId, ...due }: DueRow): ScheduleChange => ({
  ...due,
  trackingId: id,
  dueBecause: due.dueBecause ?? '',
})
