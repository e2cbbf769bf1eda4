export type StopSignals = {
  /** Aborted by the first signal, or by `stopBecause`. */
  readonly signal: AbortSignal
  readonly stop: () => void
  readonly stopBecause: (error: Error) => void
  readonly close: () => void
}

// One Ctrl-C arrives several times: from the terminal, from npm, from scripts/run.mjs.
const samePressMs = 1000

/** The first Ctrl-C asks for an orderly stop; one more, a second or longer after it, calls `onImpatience`. */
export const listenForStop = (onImpatience: () => void, now: () => number): StopSignals => {
  const controller = new AbortController()
  let firstAt: number | undefined
  const onSignal = () => {
    if (firstAt === undefined) {
      firstAt = now()
      controller.abort()
    } else if (now() - firstAt >= samePressMs) onImpatience()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, onSignal)
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    stopBecause: (error) => controller.abort(error),
    close: () => {
      for (const name of signals) process.off(name, onSignal)
    },
  }
}

/** Rejects when the signal fires. */
export const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
