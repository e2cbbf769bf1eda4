export type Gathering = { add: (key: string) => void; stop: () => void }

/**
 * Gathers keys for a moment and hands them over together, each once, never while the batch before is still being worked on: a burst costs
 * one batch, and what waits is bounded by how many keys there are. Those that `work` returns have failed and come again later.
 */
export const gather = (
  work: (keys: readonly string[]) => Promise<readonly string[]>,
  { gatherMs, retryMs }: { gatherMs: number; retryMs: number },
): Gathering => {
  const waiting = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let isBusy = false
  let isStopped = false

  const schedule = (ms: number): void => {
    if (!isStopped && !isBusy && waiting.size > 0) timer ??= setTimeout(run, ms)
  }
  const run = async (): Promise<void> => {
    timer = undefined
    isBusy = true
    const keys = [...waiting]
    waiting.clear()
    const failed = await work(keys)
    for (const key of failed) waiting.add(key)
    isBusy = false
    schedule(failed.length > 0 ? retryMs : gatherMs)
  }
  return {
    add: (key) => {
      waiting.add(key)
      schedule(gatherMs)
    },
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
