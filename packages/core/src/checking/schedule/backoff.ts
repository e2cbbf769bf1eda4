import type { TrackingStatus } from '@jejak/contract'
import type { CheckingSettings } from '../settings.ts'
import { type Cadence, statusCadence } from './cadence.ts'
import { type Priority, priorityAfterFailure } from './priority.ts'

/** How long to wait after so many failures in a row: 1, 5, 15 minutes, then twice as long each time, never above `capMs`. */
export const backoff = (
  failures: number,
  { capMs, backoffMs }: { capMs: number; backoffMs: readonly number[] },
): number => {
  const step = Math.max(1, failures) - 1
  const last = backoffMs.length - 1
  const waitMs = step <= last ? backoffMs[step]! : (backoffMs[last] ?? capMs) * 2 ** (step - last)
  return Math.min(capMs, waitMs)
}

/**
 * When a tracking is tried again after a failure: never later than the cadence of its status would have it.
 * For a call that failed as a whole, `failures` counts the connection's failed calls in a row (`breaker.failures` after closing it).
 */
export const retryCadence = (
  tracking: { status: TrackingStatus; priority: Priority },
  { failures, now, settings }: { failures: number; now: Date; settings: CheckingSettings },
): Cadence => {
  const waitMs = backoff(failures, { capMs: statusCadence(tracking.status, settings), backoffMs: settings.backoffMs })
  return {
    nextDueAt: new Date(now.getTime() + waitMs),
    priority: priorityAfterFailure(tracking.priority, tracking.status),
    explanation: `retry ${Number((waitMs / 60_000).toFixed(2))} after failure ${Math.max(1, failures)}`,
  }
}
