import type { TrackingStatus } from '@jejak/contract'

type Attempt = { at: string; status: TrackingStatus }

/**
 * The scans that each told of another failed attempt to deliver, oldest first. `attempts` are newest first. Two that failed are two attempts when they
 * are of different local days, or when the parcel went out again in between: couriers tell of one attempt in several scans.
 */
export const failedAttempts = <Told extends Attempt>(
  attempts: readonly Told[],
  dayOf: (at: Date) => string,
): Told[] => {
  const failed: Told[] = []
  let lastDay: string | null = null
  for (const attempt of attempts.toReversed()) {
    const day = dayOf(new Date(attempt.at))
    if (attempt.status === 'out_for_delivery') lastDay = null
    else if (attempt.status === 'attempt_failed') {
      if (day !== lastDay) failed.push(attempt)
      lastDay = day
    }
  }
  return failed
}
