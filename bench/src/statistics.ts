/** The middle value; the mean of the two middle ones of an even number. NaN of none. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted.length / 2
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The smallest value that `share` (0 to 1) of all values do not exceed. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** The ratio of two arms in each round: what slows a whole round cancels out. */
export const ratios = (arm: readonly number[], baseline: readonly number[]): number[] =>
  arm.map((value, round) => value / baseline[round]!)

/** What a figure says of a value a round: the median, and the rounds behind it. */
export const ofRounds = (rounds: readonly number[]) => ({ value: median(rounds), rounds })

/** The lowest and the highest of a figure's rounds; its value, twice, where it was taken once. */
export const spreadOf = ({ value, rounds = [value] }: { value: number; rounds?: readonly number[] }) => ({
  lowest: Math.min(...rounds),
  highest: Math.max(...rounds),
})
