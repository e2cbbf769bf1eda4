import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { gather } from './gather.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Work that ends when told to. */
const aSlowWorker = () => {
  const batches: string[][] = []
  const ends: ((failed: string[]) => void)[] = []
  const work = (keys: readonly string[]) =>
    new Promise<string[]>((resolve) => {
      batches.push([...keys])
      ends.push(resolve)
    })
  return { batches, work, end: async (failed: string[] = []) => ends.shift()!(failed) }
}
const times = { gatherMs: 50, retryMs: 1_000 }

test('a burst of changes costs one reading, each parcel once', async () => {
  const { batches, work } = aSlowWorker()
  const changes = gather(work, times)
  for (let change = 0; change < 1_000; change++) changes.add(change % 2 ? 'A' : 'B')
  await vi.advanceTimersByTimeAsync(49)
  expect(batches).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(batches).toEqual([['B', 'A']])
})

test('what changes while the database is slow is read once it has answered, not beside it', async () => {
  const { batches, work, end } = aSlowWorker()
  const changes = gather(work, times)
  changes.add('A')
  await vi.advanceTimersByTimeAsync(50)
  changes.add('A')
  changes.add('B')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(batches).toEqual([['A']])
  await end()
  await vi.advanceTimersByTimeAsync(50)
  expect(batches).toEqual([['A'], ['A', 'B']])
})

test('what could not be read is read again a second later, and nothing after the stop', async () => {
  const { batches, work, end } = aSlowWorker()
  const changes = gather(work, times)
  changes.add('A')
  await vi.advanceTimersByTimeAsync(50)
  await end(['A'])
  await vi.advanceTimersByTimeAsync(999)
  expect(batches).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(batches).toEqual([['A'], ['A']])
  changes.stop()
  await end(['A'])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(batches).toHaveLength(2)
})
