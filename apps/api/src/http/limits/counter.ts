/** What someone has used up since their window began, and when it ends. */
export type Usage = { used: number; resetAtMs: number }

/** One window of one address or shop. `known` is what every process counted, as of the last exchange; the rest is ours since. */
export type Tally = { who: string; known: number; sending: number; unsent: number; resetAtMs: number }

export type Counter = {
  readonly windowMs: number
  usage: (who: string, nowMs: number) => Usage
  add: (who: string, amount: number, nowMs: number) => Usage
  /** The tallies that others have not been told of yet; each leaves the list, until `keep` puts it back. */
  takeUnsent: () => Tally[]
  /** No one could be told. */
  keep: (tally: Tally) => void
}

type CounterOptions = { windowMs: number; talliesMax: number; isShared: boolean }

const toUsage = ({ known, sending, unsent, resetAtMs }: Tally): Usage => ({ used: known + sending + unsent, resetAtMs })

/**
 * Counts in memory, each in a window that begins with its first use. Bounded: windows begin in the order of the map, so what is forgotten
 * first is over or ends soonest.
 */
export const createCounter = ({ windowMs, talliesMax, isShared }: CounterOptions): Counter => {
  const tallies = new Map<string, Tally>()
  const unsent = new Set<Tally>()

  const makeRoom = (nowMs: number): void => {
    for (const [who, tally] of tallies) {
      if (tally.resetAtMs > nowMs && tallies.size < talliesMax) return
      tallies.delete(who)
      unsent.delete(tally)
    }
  }
  const begin = (who: string, nowMs: number): Tally => {
    tallies.delete(who)
    makeRoom(nowMs)
    const tally = { who, known: 0, sending: 0, unsent: 0, resetAtMs: nowMs + windowMs }
    tallies.set(who, tally)
    return tally
  }
  const current = (who: string, nowMs: number): Tally | undefined => {
    const tally = tallies.get(who)
    return tally && tally.resetAtMs > nowMs ? tally : undefined
  }

  return {
    windowMs,
    usage: (who, nowMs) => {
      const tally = current(who, nowMs)
      return tally ? toUsage(tally) : { used: 0, resetAtMs: nowMs + windowMs }
    },
    add: (who, amount, nowMs) => {
      const tally = current(who, nowMs) ?? begin(who, nowMs)
      tally.unsent += amount
      if (isShared) unsent.add(tally)
      return toUsage(tally)
    },
    takeUnsent: () => {
      const taken = [...unsent]
      unsent.clear()
      for (const tally of taken) {
        tally.sending = tally.unsent
        tally.unsent = 0
      }
      return taken
    },
    keep: (tally) => {
      tally.unsent += tally.sending
      tally.sending = 0
      if (tallies.get(tally.who) === tally) unsent.add(tally)
    },
  }
}

/** What the exchange told: the sum of all processes. */
export const settle = (tally: Tally, { total, resetAtMs }: { total: number; resetAtMs: number }): void => {
  tally.known = total
  tally.sending = 0
  tally.resetAtMs = resetAtMs
}
