import { expect, test } from 'vitest'
import { createWindowCounter } from './window-counter.ts'

const at = (ms: number) => new Date(Date.parse('2026-03-02T04:00:00Z') + ms)

test('a key may count up to its limit in a window, then waits for the window’s end', () => {
  const counter = createWindowCounter({ max: 2, windowMs: 1000 })
  expect([0, 100, 200, 900].map((ms) => counter.take('a', at(ms)))).toEqual([0, 0, 800, 100])
  expect(counter.take('a', at(1000))).toBe(0)
})

test('one key’s count is none of another’s', () => {
  const counter = createWindowCounter({ max: 1, windowMs: 1000 })
  expect([counter.take('a', at(0)), counter.take('b', at(0)), counter.take('a', at(0))]).toEqual([0, 0, 1000])
})

test('what is given back may be taken again', () => {
  const counter = createWindowCounter({ max: 1, windowMs: 1000 })
  for (let round = 0; round < 3; round += 1) {
    expect(counter.take('a', at(round))).toBe(0)
    counter.giveBack('a', at(round))
  }
  counter.giveBack('a', at(5))
  expect([counter.take('a', at(6)), counter.take('a', at(6)) > 0]).toEqual([0, true])
})

test('a flood of keys forgets the oldest instead of filling the memory', () => {
  const counter = createWindowCounter({ max: 1, windowMs: 1000 })
  for (let key = 0; key <= 100_000; key += 1) counter.take(String(key), at(0))
  expect(counter.take('0', at(1))).toBe(0)
  expect(counter.take('100000', at(1))).toBe(999)
})
