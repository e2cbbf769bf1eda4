import { setTimeout as pause } from 'node:timers/promises'
import { isDatabaseUnavailable } from './unavailable.ts'

export type DatabaseWait = {
  /** How long a server that is away is waited for; then its last refusal is thrown. */
  forMs: number
  /** Told before each pause. */
  onAway: (error: Error, nextTryMs: number) => void
  signal?: AbortSignal
  now?: () => number
  sleep?: (ms: number) => Promise<unknown>
}

const pauseMs = { first: 500, max: 15_000 }

/** Asks until there is an answer, which is returned, or `signal` fires. Only a server that is away is worth waiting for: a wrong password is told at once. */
export const waitForDatabase = async <Answer>(
  ask: () => Promise<Answer>,
  options: DatabaseWait,
): Promise<Answer | undefined> => {
  const { forMs, onAway, signal, now = () => performance.now() } = options
  const sleep = options.sleep ?? ((ms: number) => pause(ms, undefined, { signal }).catch(() => {}))
  const giveUpAt = now() + forMs
  for (let tries = 0; !signal?.aborted; tries++) {
    try {
      return await ask()
    } catch (error) {
      const leftMs = giveUpAt - now()
      if (!isDatabaseUnavailable(error) || leftMs <= 0) throw error
      const nextTryMs = Math.min(pauseMs.max, pauseMs.first * 2 ** tries, leftMs)
      onAway(error as Error, nextTryMs)
      await sleep(nextTryMs)
    }
  }
  return undefined
}
