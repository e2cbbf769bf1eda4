import { type Clock, type Sql, wakeTrackings } from '@jejak/db'
import type { Logger } from 'pino'

type WakeDeps = {
  sql: Sql
  clock: Clock
  now: () => Date
  log: Pick<Logger, 'error'>
  restMs: number
}

const atOnceMax = 500
const rememberedMax = 50_000

/**
 * Wakes parcels whose answer has expired, each at most once in `restMs`. One statement at a time, for all that were asked for meanwhile and may be as old: however
 * many read during an outage, the others who need the database hardly notice. What finds no room is asked for by its next reader.
 */
export const createWakes = ({ sql, clock, now, log, restMs }: WakeDeps) => {
  const asked = new Map<string, number>()
  /** With how old the answer of each may be, which its shop says. */
  let waiting: { trackingId: string; cacheTtlMs: number }[] = []
  let isBusy = false

  const flush = async (): Promise<void> => {
    isBusy = true
    while (waiting.length > 0) {
      const wishes = waiting
      waiting = []
      try {
        const at = await clock(sql)
        const before = (ms: number) => new Date(at.getTime() - ms)
        for (const [cacheTtlMs, some] of Map.groupBy(wishes, (wish) => wish.cacheTtlMs))
          await wakeTrackings(sql, {
            trackingIds: some.map(({ trackingId }) => trackingId),
            ...{ now: at, checkedBefore: before(cacheTtlMs), wokenBefore: before(restMs) },
          })
      } catch (err) {
        log.error({ err, trackings: wishes.length }, 'expired trackings could not be woken')
      }
    }
    isBusy = false
  }

  return (trackingId: string, cacheTtlMs: number): void => {
    const atMs = now().getTime()
    const askedMs = asked.get(trackingId)
    if (waiting.length >= atOnceMax || (askedMs !== undefined && Math.abs(atMs - askedMs) < restMs)) return
    if (asked.size >= rememberedMax) asked.clear()
    asked.set(trackingId, atMs)
    waiting.push({ trackingId, cacheTtlMs })
    if (!isBusy) void flush()
  }
}
