import type { CallOutcome } from './close-call.ts'

/**
 * Whether a number itself makes calls fail. `strikes` counts failed calls it was in, `struckAt` is when the last one counted. From two
 * strikes on it is a suspect and flies with suspects only, from three on alone; four make it a culprit. Any answer about it clears it.
 */
export type Suspicion = { strikes: number; struckAt: Date | null }

export const unsuspected: Suspicion = { strikes: 0, struckAt: null }

const suspectFrom = 2
const aloneFrom = 3
const culpritFrom = 4
/** So few fly together that one culprit is found after seven more calls. */
const suspectsTogether = 7

export const isSuspect = ({ strikes }: Pick<Suspicion, 'strikes'>): boolean => strikes >= suspectFrom
export const isCulprit = ({ strikes }: Pick<Suspicion, 'strikes'>): boolean => strikes >= culpritFrom

/** How many may fly together with a number; null when it flies with all. */
export const batchLimitOf = ({ strikes }: Pick<Suspicion, 'strikes'>): number | null => {
  if (strikes >= aloneFrom) return 1
  return strikes >= suspectFrom ? suspectsTogether : null
}

const numbersFaults: ReadonlySet<CallOutcome> = new Set(['network', 'timeout', 'malformed', 'server', 'rejected'])

/** Whether a number can cause it. A refused token, a rate limit and an empty answer are about us. */
export const isNumbersFault = (outcome: CallOutcome): boolean => numbersFaults.has(outcome)

/** `lastGoodCallAt` is the connection's; `isOutage` says that its calls fail one after the other; `lapseMs` ends all patience. */
export type FailedCall = {
  outcome: CallOutcome
  now: Date
  lastGoodCallAt: Date | null
  isOutage: boolean
  lapseMs: number
}

/**
 * A failed call raises the strikes of its numbers only if another call was answered since the last one: so an outage strikes once. Where
 * nothing is ever answered, because there are no other numbers, it is found out when a parcel would lapse.
 */
export const suspicionAfter = (before: Suspicion, call: FailedCall): Suspicion => {
  const { strikes, struckAt } = before
  const { outcome, now, lastGoodCallAt, isOutage, lapseMs } = call
  if (!isNumbersFault(outcome) || strikes >= culpritFrom) return before
  if (struckAt !== null && now.getTime() - struckAt.getTime() >= lapseMs) return { strikes: culpritFrom, struckAt: now }
  if (isOutage) return before
  const answeredSince = struckAt === null || struckAt > now || (lastGoodCallAt !== null && lastGoodCallAt > struckAt)
  return strikes === 0 || answeredSince ? { strikes: strikes + 1, struckAt: now } : before
}
