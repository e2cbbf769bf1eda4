import { expect, test } from 'vitest'
import { verdictOf } from './goals.ts'
import { alternate } from './rounds.ts'
import { median, quantile, ratio } from './statistics.ts'

test('a ratio compares what ran in the same round, so a slow round spoils neither side', () => {
  const slowRound = 10
  expect(ratio([50, 50 / slowRound, 50], [100, 100 / slowRound, 100])).toBe(0.5)
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(quantile([5, 1, 4, 2, 3], 0.8)).toBe(4)
})

test('every arm runs once a round, and none always follows the same one', async () => {
  const ran: string[] = []
  const arm = (name: string) => async () => ran.push(name)
  const results = await alternate({ a: arm('a'), b: arm('b'), c: arm('c') }, 3, () => undefined)
  expect(ran.join('')).toBe('abcbcacab')
  expect(results).toEqual({ a: [1, 6, 8], b: [2, 4, 9], c: [3, 5, 7] })
})

test('a figure meets its aim, holds, or is missed', () => {
  const more = { must: { atLeast: 0.4 }, aim: { atLeast: 0.65 } }
  expect([0.39, 0.4, 0.65].map((value) => verdictOf(value, more))).toEqual(['MISSED', 'holds', 'aim met'])
  const less = { must: { atMost: 2 }, aim: { atMost: 1.3 } }
  expect([2.1, 2, 1.3].map((value) => verdictOf(value, less))).toEqual(['MISSED', 'holds', 'aim met'])
  expect(verdictOf(Number.NaN, more)).toBe('MISSED')
})
