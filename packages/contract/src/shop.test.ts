import { expect, test } from 'vitest'
import { shopPatch } from './shop.ts'
import { shopFace } from './shop-face.ts'

test.each([
  ['https://cdn.example/l.png', true],
  ['https://xn--kedai-5ta.example:8443/l.png?size=2', true],
  ['https://x;sandbox/l.png', false],
  ['https://x,y/l.png', false],
  ["https://x'y/l.png", false],
  ['http://cdn.example/l.png', false],
  ['https://user:password@cdn.example/l.png', false],
  ['https://user@cdn.example/l.png', false],
  ['\u0001https://cdn.example/l.png', false],
  ['https://cdn.example/\0', false],
  ['https://cdn.example/\ud800', false],
  [`https://cdn.example/${'é'.repeat(200)}`, false],
  ['https://', false],
  ['logo.png', false],
])('a logo may be at %s: %s', (logoUrl, isAllowed) => {
  expect(shopPatch.safeParse({ logoUrl }).success).toBe(isAllowed)
})

test.each([
  ['HTTPS://CDN.Example/l.png', 'https://cdn.example/l.png'],
  ['https:cdn.example', 'https://cdn.example/'],
  [' https://cdn.example/a b".png ', 'https://cdn.example/a%20b%22.png'],
  ['https://bücher.example/l.png', 'https://xn--bcher-kva.example/l.png'],
])('the address %j is kept as browsers read it', (typed, logoUrl) => {
  expect(shopPatch.parse({ logoUrl: typed })).toEqual({ logoUrl })
  expect(shopFace.shape.logoUrl.safeParse(logoUrl).success).toBe(true)
})
