const keysMax = 100_000

type Window = { count: number; endsAtMs: number }

/** Counts by key within windows that begin with a key's first count, in this process only. */
export type WindowCounter = {
  /** Counts one; answers 0, or without counting how many milliseconds are left of a window that is full. */
  take: (key: string, now: Date) => number
  /** Takes one back that did not deserve to count. */
  giveBack: (key: string, now: Date) => void
}

export const createWindowCounter = ({ max, windowMs }: { max: number; windowMs: number }): WindowCounter => {
  const windows = new Map<string, Window>()
  const current = (key: string, nowMs: number): Window | undefined => {
    const window = windows.get(key)
    return window && window.endsAtMs > nowMs ? window : undefined
  }
  const begin = (key: string, nowMs: number): Window => {
    windows.delete(key)
    const [oldest] = windows.keys()
    if (windows.size >= keysMax && oldest !== undefined) windows.delete(oldest)
    const window = { count: 0, endsAtMs: nowMs + windowMs }
    windows.set(key, window)
    return window
  }
  return {
    take: (key, now) => {
      const nowMs = now.getTime()
      const window = current(key, nowMs) ?? begin(key, nowMs)
      if (window.count >= max) return window.endsAtMs - nowMs
      window.count += 1
      return 0
    },
    giveBack: (key, now) => {
      const window = current(key, now.getTime())
      if (window && window.count > 0) window.count -= 1
    },
  }
}
