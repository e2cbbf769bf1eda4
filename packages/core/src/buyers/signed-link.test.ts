import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deriveLinkKeys, deriveLookupKey } from './keys.ts'
import { type LinkedOrder, readSignedLink, signLink } from './signed-link.ts'

const secret = 'a secret that only tests know, 32 bytes'
const key = deriveLinkKeys([secret])
const trackingNumber = '632143239945'
const now = new Date('2026-03-02T04:00:00Z')
const expiresAt = new Date('2026-04-01T04:00:00Z')
const hash = (digit: string) => digit.repeat(64)
const noOne = { orderId: 'first', contactEmailHmac: null, contactPhoneHmac: null, contactPhone2Hmac: null }
const order: LinkedOrder = { ...noOne, contactEmailHmac: hash('a'), contactPhoneHmac: hash('b') }
const link = signLink(key, { trackingId: '42', trackingNumber, order, expiresAt })

test('a link opens the parcel it was made for until its last second', () => {
  expect(readSignedLink(key, { given: link, where: { trackingNumber, now } })).toMatchObject({
    outcome: 'valid',
    trackingId: '42',
  })
  const justBefore = new Date(expiresAt.getTime() - 1)
  expect(readSignedLink(key, { given: link, where: { trackingNumber, now: justBefore } }).outcome).toBe('valid')
  expect(readSignedLink(key, { given: link, where: { trackingNumber, now: expiresAt } }).outcome).toBe('expired')
})

test('a link is short, fits into an address as it is, and tells neither number nor person', () => {
  expect(link).toMatch(/^[\w-]{48}$/)
  expect(Buffer.from(link, 'base64url').toString('latin1')).not.toContain(trackingNumber)
})

test('a link is of one order and of the contact that it had when it was made, and of no other', () => {
  const opened = readSignedLink(key, { given: link, where: { trackingNumber, now } })
  const isOf = (given: LinkedOrder) => opened.outcome === 'valid' && opened.isOf(given)
  expect(isOf({ ...order })).toBe(true)
  expect(isOf({ ...order, orderId: '7' })).toBe(false)
  expect(isOf({ ...order, contactPhoneHmac: hash('c') })).toBe(false)
  expect(isOf({ ...order, contactPhone2Hmac: hash('c') })).toBe(false)
  expect(isOf({ ...order, contactEmailHmac: order.contactPhoneHmac, contactPhoneHmac: order.contactEmailHmac })).toBe(
    false,
  )
  expect(isOf(noOne)).toBe(false)
})

test('links of one buyer do not show that they are', () => {
  const other = signLink(key, { trackingId: '43', trackingNumber: '632143239946', order, expiresAt })
  const tagOf = (k: string) => Buffer.from(k, 'base64url').subarray(12, 18).toString('hex')
  expect(tagOf(other)).not.toBe(tagOf(link))
})

test('the link of one parcel does not open another', () => {
  expect(readSignedLink(key, { given: link, where: { trackingNumber: '632143239946', now } }).outcome).toBe('wrong')
})

test('a link signed by another installation, or with a key for something else, opens nothing', () => {
  const otherKey = deriveLinkKeys(['another secret of an installation, 32+'])
  expect(readSignedLink(otherKey, { given: link, where: { trackingNumber, now } }).outcome).toBe('wrong')
  expect(readSignedLink([deriveLookupKey([secret])], { given: link, where: { trackingNumber, now } }).outcome).toBe(
    'wrong',
  )
})

test('while keys roll over, links of both keys open, for processes that have the new one and for those that still have the old one', () => {
  const newSecret = 'another secret of an installation, 32+'
  const newLink = signLink(deriveLinkKeys([newSecret, secret]), { trackingId: '42', trackingNumber, order, expiresAt })
  for (const keys of [deriveLinkKeys([newSecret, secret]), deriveLinkKeys([secret, newSecret])])
    for (const given of [link, newLink]) {
      const opened = readSignedLink(keys, { given, where: { trackingNumber, now } })
      expect(opened).toMatchObject({ outcome: 'valid', trackingId: '42' })
      expect(opened.outcome === 'valid' && opened.isOf(order)).toBe(true)
    }
  const after = deriveLinkKeys([newSecret])
  expect(readSignedLink(after, { given: newLink, where: { trackingNumber, now } }).outcome).toBe('valid')
  expect(readSignedLink(after, { given: link, where: { trackingNumber, now } }).outcome).toBe('wrong')
})

test('a link with any one character changed, cut or added opens nothing', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const changed = fc
    .tuple(fc.nat(47), fc.constantFrom(...alphabet))
    .map(([at, letter]) => link.slice(0, at) + letter + link.slice(at + 1))
    .filter((given) => given !== link)
  fc.assert(
    fc.property(fc.oneof(changed, fc.string(), fc.constantFrom(link.slice(1), `${link}A`)), (given) => {
      expect(readSignedLink(key, { given, where: { trackingNumber, now } })).toEqual({ outcome: 'wrong' })
    }),
    { numRuns: 500 },
  )
})
