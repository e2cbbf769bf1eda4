import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCounter, settle } from './counter.ts'

const windowMs = 900_000
const aCounter = (talliesMax = 1_000, isShared = false) => createCounter({ windowMs, talliesMax, isShared })

test('a window begins with the first use and forgets everything when it ends', () => {
  const counter = aCounter()
  expect(counter.usage('a', 1_000)).toEqual({ used: 0, resetAtMs: 901_000 })
  counter.add('a', 3, 5_000)
  expect(counter.add('a', 1, 904_999)).toEqual({ used: 4, resetAtMs: 905_000 })
  expect(counter.usage('a', 905_000).used).toBe(0)
  expect(counter.add('a', 1, 905_001)).toEqual({ used: 1, resetAtMs: 1_805_001 })
})

test('everyone is counted alone', () => {
  const counter = aCounter()
  counter.add('a', 5, 0)
  expect(counter.usage('b', 0).used).toBe(0)
})

test('no one ever counts for less than they used in their window, whatever the order of requests', () => {
  const uses = fc.array(
    fc.record({ who: fc.constantFrom('a', 'b', 'c'), amount: fc.nat(50), laterMs: fc.nat(300_000) }),
  )
  fc.assert(
    fc.property(uses, (list) => {
      const counter = aCounter()
      const mine = new Map<string, { used: number; endsAtMs: number }>()
      let nowMs = 0
      for (const { who, amount, laterMs } of list) {
        nowMs += laterMs
        const known = mine.get(who)
        const window = known && known.endsAtMs > nowMs ? known : { used: 0, endsAtMs: nowMs + windowMs }
        window.used += amount
        mine.set(who, window)
        expect(counter.add(who, amount, nowMs)).toEqual({ used: window.used, resetAtMs: window.endsAtMs })
      }
    }),
  )
})

test('a flood of addresses takes a bounded amount of memory, and forgets the oldest first', () => {
  const counter = aCounter(100)
  for (let index = 0; index < 10_000; index++) counter.add(`address ${index}`, 1, index)
  const remembered = Array.from({ length: 10_000 }, (_, index) => counter.usage(`address ${index}`, 10_000).used)
  expect(remembered.filter((used) => used > 0)).toHaveLength(100)
  expect(remembered.slice(-100)).toEqual(Array(100).fill(1))
})

test('what is over is forgotten before anyone who still counts', () => {
  const counter = aCounter(3)
  for (const who of ['a', 'b']) counter.add(who, 1, 0)
  counter.add('c', 1, 800_000)
  counter.add('d', 1, 950_000)
  counter.add('e', 1, 950_000)
  expect(['c', 'd', 'e'].map((who) => counter.usage(who, 950_000).used)).toEqual([1, 1, 1])
})

test('what others counted is added, and what was told to no one is not lost', () => {
  const counter = aCounter(1_000, true)
  counter.add('a', 2, 0)
  const [tally] = counter.takeUnsent()
  counter.add('a', 1, 10)
  expect(counter.usage('a', 10).used).toBe(3)
  settle(tally!, { total: 50, resetAtMs: 600_000 })
  expect(counter.usage('a', 20)).toEqual({ used: 51, resetAtMs: 600_000 })
  const [again] = counter.takeUnsent()
  counter.keep(again!)
  expect(counter.usage('a', 30).used).toBe(51)
  expect(counter.takeUnsent()).toMatchObject([{ who: 'a', sending: 1 }])
})

test('what could not be told is not remembered longer than what it counts', () => {
  const counter = aCounter(10, true)
  for (let index = 0; index < 1_000; index++) counter.add(`address ${index}`, 1, index)
  expect(counter.takeUnsent()).toHaveLength(10)
})
