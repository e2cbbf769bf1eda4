import { hash } from 'node:crypto'

type Part = string | number

/** A number in [0, 1) that depends on its parts only, so that the same seed gives the same run. */
export const chance = (...parts: Part[]): number =>
  hash('sha1', parts.join('\u0000'), 'buffer').readUInt32BE(0) / 2 ** 32

export const between = (low: number, high: number, ...parts: Part[]): number => low + (high - low) * chance(...parts)

export const pick = <T>(choices: readonly T[], ...parts: Part[]): T =>
  choices[Math.floor(chance(...parts) * choices.length)]!

/** A copy of the list in an order that depends on the parts only. */
export const shuffled = <T>(list: readonly T[], ...parts: Part[]): T[] =>
  list
    .map((item, index) => ({ item, rank: chance(...parts, index) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)

export const pickWeighted = <T extends string>(weights: Partial<Record<T, number>>, ...parts: Part[]): T => {
  const entries = Object.entries(weights) as [T, number][]
  let left = chance(...parts) * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [choice, weight] of entries) {
    left -= weight
    if (left < 0) return choice
  }
  return entries[0]![0]
}

/** Five capital letters and digits, as EasyParcel's own numbers end. */
export const fiveCharacters = (...parts: Part[]): string =>
  Math.floor(chance(...parts) * 36 ** 5)
    .toString(36)
    .padStart(5, '0')
    .toUpperCase()
