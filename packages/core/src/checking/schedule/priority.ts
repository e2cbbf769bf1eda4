import type { TrackingStatus } from '@jejak/contract'
import { type Priority, priorities } from '@jejak/db/priorities'

export { type Priority, priorities }

const urgentStatuses: ReadonlySet<TrackingStatus> = new Set(['out_for_delivery', 'attempt_failed', 'ready_for_pickup'])

/** Whether a status is worth a check at any hour of any day. */
export const isUrgent = (status: TrackingStatus): boolean => urgentStatuses.has(status)

/** The class of a tracking whose check failed: an urgent one stays urgent, a confirmation waits its turn, the others are retries. */
export const priorityAfterFailure = (priority: Priority, status: TrackingStatus): Priority => {
  if (priority === priorities.urgent || priority === priorities.confirmation) return priority
  return isUrgent(status) ? priorities.urgent : priorities.retry
}
