import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
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

/** Asks until there is an answer, or `signal` fires. Only a server that is away is worth waiting for: a wrong password is told at once. */
export const waitForDatabase = async (ask: () => Promise<unknown>, options: DatabaseWait): Promise<void> => {
  const { forMs, onAway, signal, now = () => performance.now() } = options
  const sleep = options.sleep ?? ((ms: number) => pause(ms, undefined, { signal }).catch(() => {}))
  const giveUpAt = now() + forMs
  for (let tries = 0; !signal?.aborted; tries++) {
    try {
      await ask()
      return
    } catch (error) {
      const leftMs = giveUpAt - now()
      if (!isDatabaseUnavailable(error) || leftMs <= 0) throw error
      const nextTryMs = Math.min(pauseMs.max, pauseMs.first * 2 ** tries, leftMs)
      onAway(error as Error, nextTryMs)
      await sleep(nextTryMs)
    }
  }
}

/** One question to the server at `url`, on a connection of its own. */
export const askDatabase = async (url: string, timeoutMs: number): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select')
  } finally {
    void client.end().catch(() => {})
  }
}
