import type { Logger } from 'pino'

/** So long a change may take until it is in force in every process. */
export const inForceWithinMs = 5_000

/** How often a process asks what was changed elsewhere: twice and an answer that takes a second fit into the bound, so that one answer may fail. */
export const followEveryMs = 2_000

/**
 * Has this process hear of what others change, until it is stopped. It asks instead of being told: an answer needs no connection of its own, and no
 * pooler swallows it. While the database is away, what was in force stays so.
 */
export const followChanges = (
  { refresh, log }: { refresh: () => Promise<unknown>; log: Pick<Logger, 'warn'> },
  everyMs = followEveryMs,
): (() => void) => {
  let isAsking = false
  const ask = async () => {
    if (isAsking) return
    isAsking = true
    await refresh().catch((err: unknown) => log.warn({ err }, 'what was changed elsewhere could not be read'))
    isAsking = false
  }
  const timer = setInterval(() => void ask(), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
