import { expect, test } from 'vitest'
import { isOverdue } from './lateness.ts'

const minuteMs = 60_000

test.each([
  ['two hours apart: twelve minutes', -120, 12],
  ['three minutes apart: one minute all the same', -3, 1],
  ['never checked before: one minute', null, 1],
])('a check may be late a little, %s', (_, checked, grace) => {
  const plan = { checkedAt: checked === null ? null : checked * minuteMs, nextCheckAt: 0 }
  expect([isOverdue(plan, grace * minuteMs), isOverdue(plan, grace * minuteMs + 1)]).toEqual([false, true])
})
