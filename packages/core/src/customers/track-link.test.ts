import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deriveLinkKey, deriveLookupKey } from './keys.ts'
import { makeLinkKey, readLinkKey } from './track-link.ts'

const secret = 'a secret that only tests know, 32 bytes'
const key = deriveLinkKey(secret)
const trackingNumber = '632143239945'
const now = new Date('2026-03-02T04:00:00Z')
const expiresAt = new Date('2026-04-01T04:00:00Z')
const link = makeLinkKey(key, { trackingId: '42', trackingNumber, expiresAt })

test('a link opens the parcel it was made for until its last second', () => {
  expect(readLinkKey(key, link, { trackingNumber, now })).toEqual({ outcome: 'valid', trackingId: '42' })
  const justBefore = new Date(expiresAt.getTime() - 1)
  expect(readLinkKey(key, link, { trackingNumber, now: justBefore }).outcome).toBe('valid')
  expect(readLinkKey(key, link, { trackingNumber, now: expiresAt }).outcome).toBe('expired')
})

test('a link is short, fits into an address as it is, and tells neither number nor person', () => {
  expect(link).toMatch(/^[\w-]{40}$/)
  expect(Buffer.from(link, 'base64url').toString('latin1')).not.toContain(trackingNumber)
})

test('the link of one parcel does not open another', () => {
  expect(readLinkKey(key, link, { trackingNumber: '632143239946', now }).outcome).toBe('wrong')
})

test('a link signed by another installation, or with a key for something else, opens nothing', () => {
  const otherKey = deriveLinkKey('another secret of an installation, 32+')
  expect(readLinkKey(otherKey, link, { trackingNumber, now }).outcome).toBe('wrong')
  expect(readLinkKey(deriveLookupKey(secret), link, { trackingNumber, now }).outcome).toBe('wrong')
})

test('a link with any one character changed, cut or added opens nothing', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const changed = fc
    .tuple(fc.nat(39), fc.constantFrom(...alphabet))
    .map(([at, letter]) => link.slice(0, at) + letter + link.slice(at + 1))
    .filter((given) => given !== link)
  fc.assert(
    fc.property(fc.oneof(changed, fc.string(), fc.constantFrom(link.slice(1), `${link}A`)), (given) => {
      expect(readLinkKey(key, given, { trackingNumber, now })).toEqual({ outcome: 'wrong' })
    }),
    { numRuns: 500 },
  )
})
