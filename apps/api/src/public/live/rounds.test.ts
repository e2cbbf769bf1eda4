import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startRounds } from './rounds.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('everyone is visited once a round, never all at once, and no one who has left', () => {
  const visits: number[] = []
  const rounds = startRounds<number>((member) => visits.push(member), { roundMs: 1_000, turns: 10 })
  for (let member = 0; member < 100; member++) rounds.add(member)
  vi.advanceTimersByTime(100)
  expect(visits).toHaveLength(10)
  vi.advanceTimersByTime(900)
  expect(visits.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, member) => member))
  for (let member = 0; member < 100; member += 2) rounds.remove(member)
  vi.advanceTimersByTime(1_000)
  expect(visits.slice(100).every((member) => member % 2 === 1)).toBe(true)
  expect(visits).toHaveLength(150)
  rounds.stop()
  vi.advanceTimersByTime(1_000)
  expect(visits).toHaveLength(150)
})
