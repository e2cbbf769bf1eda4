/** Upper ends of the buckets, in milliseconds; the last bucket has none. The same everywhere and always, so that rows of different times add up. */
export const bucketBoundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] as const

export const emptyBuckets = (): number[] => new Array(bucketBoundsMs.length + 1).fill(0)

/** The bucket that a value falls into, of buckets with these upper ends and one beyond. */
export const bucketAmong = (value: number, bounds: readonly number[]): number => {
  const found = bounds.findIndex((bound) => value <= bound)
  return found < 0 ? bounds.length : found
}

/** The bucket that a duration falls into. */
export const bucketOf = (ms: number): number => bucketAmong(ms, bucketBoundsMs)

/**
 * The value that this share of all stayed within, as exact as the buckets are: between the ends of its bucket as if they were spread evenly.
 * Null where nothing was counted; at most the last bound.
 */
export const percentileOf = (
  buckets: readonly number[],
  { bounds, share }: { bounds: readonly number[]; share: number },
): number | null => {
  const total = buckets.reduce((sum, amount) => sum + amount, 0)
  if (total === 0) return null
  let left = share * total
  for (const [place, amount] of buckets.entries()) {
    const from = bounds[place - 1] ?? 0
    const to = bounds[place] ?? from
    if (amount > 0 && left <= amount) return Math.round((from + (to - from) * (left / amount)) * 10) / 10
    left -= amount
  }
  return bounds.at(-1)!
}

/** The same of durations. */
export const percentileMs = (buckets: readonly number[], share: number): number | null =>
  percentileOf(buckets, { bounds: bucketBoundsMs, share })
