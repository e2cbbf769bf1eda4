import { expect, test } from 'vitest'
import { verdictOf } from './goals.ts'
import { alternate } from './rounds.ts'
import { median, ofRounds, quantile, ratios } from './statistics.ts'

const more = { must: { atLeast: 0.4 }, aim: { atLeast: 0.65 } }
const less = { must: { atMost: 2 }, aim: { atMost: 1.3 } }

test('a ratio compares what ran in the same round, so a slow round spoils neither side', () => {
  const slowRound = 10
  const rounds = ratios([50, 50 / slowRound, 50], [100, 100 / slowRound, 100])
  expect(ofRounds(rounds)).toEqual({ value: 0.5, rounds: [0.5, 0.5, 0.5] })
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
  const verdicts = (goal: Parameters<typeof verdictOf>[1], ...values: number[]) =>
    values.map((value) => verdictOf({ value }, goal))
  expect(verdicts(more, 0.39, 0.4, 0.65, Number.NaN)).toEqual(['MISSED', 'holds', 'aim met', 'MISSED'])
  expect(verdicts(less, 2.1, 2, 1.3)).toEqual(['MISSED', 'holds', 'aim met'])
})

test('a figure whose rounds lie on both sides of what must hold is a tie, unless its median is on the wrong one', () => {
  expect(verdictOf(ofRounds([0.39, 0.41, 0.7]), more)).toBe('at the bound')
  expect(verdictOf(ofRounds([0.39, 0.7, 0.8]), more)).toBe('at the bound')
  expect(verdictOf(ofRounds([0.3, 0.39, 0.7]), more)).toBe('MISSED')
  expect(verdictOf(ofRounds([0.4, 0.5, 0.7]), more)).toBe('holds')
  expect(verdictOf(ofRounds([1, 1.2, 2.1]), less)).toBe('at the bound')
  expect(verdictOf(ofRounds([1, 1.2, 1.9]), less)).toBe('aim met')
})
