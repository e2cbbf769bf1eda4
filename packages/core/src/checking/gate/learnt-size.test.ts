import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchMax, learnSize, nothingLearnt } from './learnt-size.ts'

/** Calls of as many numbers as are thought to pass, of which EasyParcel takes `limit`. */
const callWith = (limit: number, calls: number, learnt = nothingLearnt) => {
  let refused = 0
  let state = learnt
  for (let call = 0; call < calls; call++) {
    const size = batchMax(state, 50)
    const outcome = size <= limit ? 'ok' : 'rejected'
    if (outcome === 'rejected') refused++
    state = learnSize(state, { kind: 'regular', size, outcome })
  }
  return { state, refused, size: batchMax(state, 50) }
}

test('whatever EasyParcel takes at once, from seven on, is found after a few refused batches and kept', () => {
  fc.assert(
    fc.property(fc.integer({ min: 7, max: 60 }), (limit) => {
      const { state, size, refused } = callWith(limit, 20)
      expect(size).toBe(Math.min(50, limit))
      expect(refused).toBeLessThanOrEqual(6)
      expect(callWith(limit, 20, state).refused).toBe(0)
    }),
  )
})

test('a limit that EasyParcel lowers later is found too', () => {
  const { state } = callWith(50, 5)
  expect(callWith(20, 20, state)).toMatchObject({ size: 20 })
})

test('a number refused alone was at fault, not the size', () => {
  const { state } = callWith(20, 20)
  expect(batchMax(learnSize(state, { kind: 'trial', size: 1, outcome: 'rejected' }), 50)).toBe(50)
})

test('the size is never more than a batch holds, nor less than seven of it', () => {
  const sizes = fc.record({ answered: fc.nat(60), refused: fc.option(fc.integer({ min: 2, max: 60 })) })
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 50 }), (learnt, batchSize) => {
      const size = batchMax(learnt, batchSize)
      expect(size).toBeGreaterThanOrEqual(Math.min(7, batchSize))
      expect(size).toBeLessThanOrEqual(batchSize)
    }),
  )
})
