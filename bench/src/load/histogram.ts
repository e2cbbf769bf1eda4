const stepMs = 0.01
const steps = 1_000_000

/** Counts times in steps of 10 µs, up to 10 s: exact enough, and as cheap at a million samples as at ten. */
export const createHistogram = () => {
  const counts = new Uint32Array(steps + 1)
  let total = 0
  return {
    add: (ms: number): void => {
      const step = Math.min(steps, Math.floor(ms / stepMs))
      counts[step] = counts[step]! + 1
      total += 1
    },
    total: () => total,
    /** The time in ms that `share` (0 to 1) of the samples did not exceed; 0 without samples. */
    quantile: (share: number): number => {
      const wanted = Math.max(1, Math.ceil(total * share))
      let seen = 0
      for (let step = 0; step <= steps && total > 0; step++) {
        seen += counts[step]!
        if (seen >= wanted) return (step + 1) * stepMs
      }
      return 0
    },
  }
}
