import type { StandingRow } from '@jejak/db'

const lookAgainMs = 60_000

/**
 * When a person's pause ends that holds at `now`; one without an end is looked at again in a minute. Null without one. It is kept apart from the worker's
 * own pause (`pausedUntil`): neither ends the other.
 */
export const holdEndsAt = ({ heldSince, heldUntil }: Pick<StandingRow, 'heldSince' | 'heldUntil'>, now: Date) => {
  if (heldSince === null || (heldUntil !== null && heldUntil <= now)) return null
  return heldUntil ?? new Date(now.getTime() + lookAgainMs)
}
