import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSealer } from './sealed-secret.ts'

const oldKey = 'the key of last year, 32 bytes or more'
const newKey = 'the key of this year, 32 bytes or more'
const purpose = 'easyparcel-tokens 1'

test('what was sealed opens again, and reads as nothing in between', () => {
  const sealer = createSealer({ secretKeys: [newKey], purpose })
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (secret) => {
      const sealed = sealer.seal(secret)
      expect(sealer.open(sealed)).toBe(secret)
      expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+$/)
    }),
  )
  expect(sealer.seal('token')).not.toBe(sealer.seal('token'))
})

test('another key is a clear error that names the key id and no secret', () => {
  const sealed = createSealer({ secretKeys: [oldKey], purpose }).seal('token')
  const open = () => createSealer({ secretKeys: [newKey], purpose }).open(sealed)
  expect(open).toThrow(`sealed with another SECRET_KEY (key id ${sealed.slice(3, 11)})`)
})

test('while keys roll over both open what the other sealed, and the first one seals', () => {
  const before = createSealer({ secretKeys: [oldKey, newKey], purpose })
  const after = createSealer({ secretKeys: [newKey, oldKey], purpose })
  expect(after.open(before.seal('token'))).toBe('token')
  expect(before.open(after.seal('token'))).toBe('token')
  expect(createSealer({ secretKeys: [newKey], purpose }).open(after.seal('token'))).toBe('token')
})

test('a changed byte, another purpose and a text that was never sealed are refused', () => {
  const sealer = createSealer({ secretKeys: [newKey], purpose })
  const sealed = sealer.seal('token')
  const middle = sealed.length - 10
  const changed = sealed.slice(0, middle) + (sealed[middle] === 'A' ? 'B' : 'A') + sealed.slice(middle + 1)
  expect(() => sealer.open(changed)).toThrow('damaged')
  expect(() => createSealer({ secretKeys: [newKey], purpose: 'easyparcel-tokens 2' }).open(sealed)).toThrow(
    'another purpose',
  )
  expect(() => sealer.open('token')).toThrow('not a sealed secret')
  expect(() => sealer.open(sealed.slice(0, 20))).toThrow('not a sealed secret')
})

test('a key below 32 bytes is refused', () => {
  expect(() => createSealer({ secretKeys: ['short'], purpose })).toThrow('at least 32 bytes')
})
