import { median, quantile } from './statistics.ts'

export const shuffled = <T>(list: T[]): T[] =>
  list
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ item }) => item)

export const apart = (left: number[], right: number[]): number => Math.abs(median(left) - median(right))

/** How far apart the medians are that chance alone makes of two kinds that cost the same: 19 of 20 times less than this. */
export const noiseOf = (left: number[], right: number[]): number => {
  const both = [...left, ...right]
  const differences = Array.from({ length: 400 }, () => {
    const mixed = shuffled(both)
    return apart(mixed.slice(0, left.length), mixed.slice(left.length))
  })
  return quantile(differences, 0.95)
}
