import { expect, test } from 'vitest'
import { spanOfWeeks } from './analytics-span.ts'

test('weeks to come are refused by what was asked for', () => {
  const today = '2026-11-17'
  expect(() => spanOfWeeks({ from: '2099-01-01', today })).toThrow('from lies in the future.')
  expect(() => spanOfWeeks({ from: '2026-11-10', to: '2026-11-01', today })).toThrow('from must not come after to.')
})
