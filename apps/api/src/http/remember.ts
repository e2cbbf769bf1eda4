type Kept<T> = { atMs: number; found: Promise<T> }
type Rules = { keptMs: number; keptMax: number; now: () => Date }

/** Remembers what was read under a key for `keptMs`, of the newest `keptMax` keys; who asks meanwhile shares it. Failures are forgotten. */
export const createMemory = <T>({ keptMs, keptMax, now }: Rules) => {
  const kept = new Map<string, Kept<T>>()
  return (key: string, read: () => Promise<T>): Promise<T> => {
    const atMs = now().getTime()
    const known = kept.get(key)
    if (known && Math.abs(atMs - known.atMs) < keptMs) return known.found
    kept.delete(key)
    const [oldest] = kept.keys()
    if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
    const found = read()
    kept.set(key, { atMs, found })
    found.catch(() => kept.delete(key))
    return found
  }
}
