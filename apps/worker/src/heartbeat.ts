import type { Logger } from 'pino'

const timeoutMs = 5_000

/** Pings the operator's dead man's switch; at most one ping is under way, and a failed one is only logged. */
export const createHeartbeat = (url: string | undefined, log: Logger): (() => void) => {
  let isPinging = false
  return () => {
    if (url === undefined || isPinging) return
    isPinging = true
    fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
      .then((answer) => {
        if (!answer.ok) log.warn({ status: answer.status }, 'the heartbeat was not accepted')
      })
      .catch((error: Error) => log.warn({ reason: error.name }, 'the heartbeat could not be sent'))
      .finally(() => {
        isPinging = false
      })
  }
}
