import { type Priority, priorities } from '../schedule/priority.ts'
import type { CheckingSettings } from '../settings.ts'
import type { CallOutcome } from './closed-call.ts'

/**
 * Whether a number itself makes calls fail. `strikes` counts failed calls it was in, `struckAt` is when the last one counted. From two
 * strikes on it is a suspect and flies with suspects only, from three on alone. EasyParcel may fail by chance just then: only four failed calls
 * alone, over a day, make it a culprit. Any answer about it clears it.
 */
export type Suspicion = { strikes: number; struckAt: Date | null }

type Strikes = Pick<Suspicion, 'strikes'>

export const unsuspected: Suspicion = { strikes: 0, struckAt: null }

const suspectFrom = 2
const aloneFrom = 3
const failedAloneFrom = 4
/** Waits after the failed calls alone that may be chance; the one after them is blame. */
const loneWaitsMs = [2, 4, 8, 8].map((hours) => hours * 3_600_000)
const culpritFrom = failedAloneFrom + loneWaitsMs.length
/** So few fly together that one culprit is found after seven more calls. */
const suspectsTogether = 7

export const isSuspect = ({ strikes }: Strikes): boolean => strikes >= suspectFrom
export const isCulprit = ({ strikes }: Strikes): boolean => strikes >= culpritFrom

/** The class of a number that flies with no others; null when it has none of its own. What failed alone keeps to the suspects' share. */
export const suspectPriority = ({ strikes }: Strikes): Priority | null => {
  if (strikes >= failedAloneFrom) return priorities.culprit
  return strikes >= suspectFrom ? priorities.suspect : null
}

/** How long a number waits that failed alone, longer each time until it is a culprit; null before. */
export const loneWaitMs = ({ strikes }: Strikes, { culpritMs }: CheckingSettings): number | null =>
  strikes < failedAloneFrom ? null : Math.min(culpritMs, loneWaitsMs[strikes - failedAloneFrom] ?? culpritMs)

/** How many may fly together with a number; null when it flies with all. */
export const batchLimitOf = ({ strikes }: Strikes): number | null => {
  if (strikes >= aloneFrom) return 1
  return strikes >= suspectFrom ? suspectsTogether : null
}

const numbersFaults: ReadonlySet<CallOutcome> = new Set(['network', 'timeout', 'malformed', 'server', 'rejected'])

/** Whether a number can cause it. A refused token, a rate limit and an empty answer are about us. */
export const isNumbersFault = (outcome: CallOutcome): boolean => numbersFaults.has(outcome)

/**
 * `lastGoodCallAt` is the connection's; `isOutage` says that its calls fail one after the other; `isOnly`, that it asks about nothing else;
 * `lapseMs` ends all patience.
 */
export type FailedCall = {
  outcome: CallOutcome
  now: Date
  lastGoodCallAt: Date | null
  isOutage: boolean
  isOnly: boolean
  lapseMs: number
}

/** Whether a parcel was struck so long ago that it would lapse if EasyParcel answered. */
export const isStruckLongAgo = (
  { struckAt }: Pick<Suspicion, 'struckAt'>,
  { now, lapseMs }: { now: Date; lapseMs: number },
): boolean => struckAt !== null && now.getTime() - struckAt.getTime() >= lapseMs

/**
 * A failed call raises the strikes of its numbers only if another call was answered since the last one: so an outage strikes once. Where
 * nothing is ever answered, because there is no other number, it is found out when the parcel would lapse.
 */
export const suspicionAfter = (before: Suspicion, call: FailedCall): Suspicion => {
  const { strikes, struckAt } = before
  const { outcome, now, lastGoodCallAt, isOutage, isOnly, lapseMs } = call
  if (!isNumbersFault(outcome) || strikes >= culpritFrom) return before
  if (isOnly && isStruckLongAgo(before, { now, lapseMs })) return { strikes: culpritFrom, struckAt: now }
  if (isOutage) return before
  const answeredSince = struckAt === null || struckAt > now || (lastGoodCallAt !== null && lastGoodCallAt > struckAt)
  return strikes === 0 || answeredSince ? { strikes: strikes + 1, struckAt: now } : before
}
