/** So many streams of one person or key; a new one ends the oldest. What `open` returns says that the stream is over. */
export const createOwnStreams = (maxEach: number) => {
  const streams = new Map<string, Set<() => void>>()
  return {
    open: (who: string, end: () => void): (() => void) => {
      const own = streams.get(who) ?? new Set()
      streams.set(who, own.add(end))
      const [oldest] = own
      if (oldest && own.size > maxEach) {
        own.delete(oldest)
        oldest()
      }
      return () => {
        own.delete(end)
        if (own.size === 0 && streams.get(who) === own) streams.delete(who)
      }
    },
  }
}
