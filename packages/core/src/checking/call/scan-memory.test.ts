import { expect, test } from 'vitest'
import { at } from '../testing/settings.ts'
import { createScanMemory } from './scan-memory.ts'

const now = at('2026-03-02 12:00')
const minutes = (amount: number) => new Date(now.getTime() + amount * 60_000)
const claimed = (priority: number, dueAt: Date, wasDue = true) => ({
  trackingId: '1',
  trackingNumber: '1',
  priority,
  dueAt,
  wasDue,
})
const after = (priority: number, dueAt: Date, wasDue = true) => {
  const memory = createScanMemory()
  memory.scanFrom('1', now)
  memory.remember('1', [claimed(priority, dueAt, wasDue)], now)
  return memory
}
const start = (priority: number, dueAt: Date) => after(priority, dueAt).scanFrom('1', now).get(priority)

test('the next scan of a class starts where the last one ended, a little before', () => {
  expect(start(100, now)).toEqual(new Date(now.getTime() - 5000))
  expect(start(70, minutes(-30))).toEqual(new Date(minutes(-30).getTime() - 5000))
})

test.each([50, 70])(
  'in class %i, where other clocks say what is due, it starts two minutes back at the latest',
  (priority) => {
    expect(start(priority, now)).toEqual(minutes(-2))
  },
)

test('what only filled a seat was not due, so it says nothing of where to start', () => {
  expect(after(100, minutes(60), false).scanFrom('1', now).size).toBe(0)
})

test('every ten minutes all of it is looked through again, and also when the clock was set back', () => {
  const memory = after(100, now)
  expect(memory.scanFrom('1', minutes(9)).size).toBe(1)
  expect(memory.scanFrom('2', minutes(9)).size).toBe(0)
  expect(memory.scanFrom('1', minutes(10)).size).toBe(0)
  expect(after(100, now).scanFrom('1', minutes(-1)).size).toBe(0)
})
