import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deriveLinkKey, deriveLookupKey } from './keys.ts'
import { makeLinkKey, readLinkKey } from './track-link.ts'

const secret = 'a secret that only tests know, 32 bytes'
const key = deriveLinkKey(secret)
const trackingNumber = '632143239945'
const now = new Date('2026-03-02T04:00:00Z')
const expiresAt = new Date('2026-04-01T04:00:00Z')
const hash = (digit: string) => digit.repeat(64)
const contact = { contactEmailHmac: hash('a'), contactPhoneHmac: hash('b') }
const link = makeLinkKey(key, { trackingId: '42', trackingNumber, contact, expiresAt })

test('a link opens the parcel it was made for until its last second', () => {
  expect(readLinkKey(key, link, { trackingNumber, now })).toMatchObject({ outcome: 'valid', trackingId: '42' })
  const justBefore = new Date(expiresAt.getTime() - 1)
  expect(readLinkKey(key, link, { trackingNumber, now: justBefore }).outcome).toBe('valid')
  expect(readLinkKey(key, link, { trackingNumber, now: expiresAt }).outcome).toBe('expired')
})

test('a link is short, fits into an address as it is, and tells neither number nor person', () => {
  expect(link).toMatch(/^[\w-]{48}$/)
  expect(Buffer.from(link, 'base64url').toString('latin1')).not.toContain(trackingNumber)
})

test('a link is of the contact that the parcel had when it was made, and of no other', () => {
  const opened = readLinkKey(key, link, { trackingNumber, now })
  const isOf = (given: typeof contact | { contactEmailHmac: null; contactPhoneHmac: null }) =>
    opened.outcome === 'valid' && opened.isOf(given)
  expect(isOf({ ...contact })).toBe(true)
  expect(isOf({ ...contact, contactPhoneHmac: hash('c') })).toBe(false)
  expect(isOf({ contactEmailHmac: contact.contactPhoneHmac, contactPhoneHmac: contact.contactEmailHmac })).toBe(false)
  expect(isOf({ contactEmailHmac: null, contactPhoneHmac: null })).toBe(false)
})

test('links of one buyer do not show that they are', () => {
  const other = makeLinkKey(key, { trackingId: '43', trackingNumber: '632143239946', contact, expiresAt })
  const tagOf = (k: string) => Buffer.from(k, 'base64url').subarray(12, 18).toString('hex')
  expect(tagOf(other)).not.toBe(tagOf(link))
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
    .tuple(fc.nat(47), fc.constantFrom(...alphabet))
    .map(([at, letter]) => link.slice(0, at) + letter + link.slice(at + 1))
    .filter((given) => given !== link)
  fc.assert(
    fc.property(fc.oneof(changed, fc.string(), fc.constantFrom(link.slice(1), `${link}A`)), (given) => {
      expect(readLinkKey(key, given, { trackingNumber, now })).toEqual({ outcome: 'wrong' })
    }),
    { numRuns: 500 },
  )
})
