import { expect, test } from 'vitest'
import { shopPatch } from './shop.ts'

test.each([
  ['https://cdn.example/l.png', true],
  ['https://xn--kedai-5ta.example:8443/l.png?size=2', true],
  ['https://x;sandbox/l.png', false],
  ['https://x,y/l.png', false],
  ["https://x'y/l.png", false],
  ['http://cdn.example/l.png', false],
])('a logo may be at %s: %s', (logoUrl, isAllowed) => {
  expect(shopPatch.safeParse({ logoUrl }).success).toBe(isAllowed)
})
