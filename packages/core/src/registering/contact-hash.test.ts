import { contact } from '@jejak/contract'
import { expect, test } from 'vitest'
import { deriveContactKeys, hashContact, hashesOfContact } from './contact-hash.ts'

const secret = 'a secret that only tests know, 32 bytes'
const [key] = deriveContactKeys([secret])
const hash = (input: object) => hashContact(key, contact.parse(input))

test('a buyer is recognised however e-mail address and phone number are written', () => {
  const known = hash({ email: 'aisyah@example.com', phone: '+60123456789' })
  expect(hash({ email: ' Aisyah@Example.COM ', phone: '012-345 6789' })).toEqual(known)
  expect(hash({ phone: '60123456789' }).contactPhoneHmac).toBe(known.contactPhoneHmac)
})

test('of two phones each is recognised, as either', () => {
  const both = hash({ phone: '012-345 6789 / 019-876 5432' })
  expect(both.contactPhone2Hmac).toBe(hash({ phone: '0198765432' }).contactPhoneHmac)
  expect(both.contactPhoneHmac).toBe(hash({ phone: '0123456789' }).contactPhoneHmac)
})

test('hashes are useless without the key, and an e-mail address never equals a phone number', () => {
  const one = hash({ email: 'aisyah@example.com' })
  expect(one.contactEmailHmac).toMatch(/^[0-9a-f]{64}$/)
  expect(one.contactPhoneHmac).toBeNull()
  const [otherKey] = deriveContactKeys(['another secret of an installation, 32+'])
  expect(hashContact(otherKey, { email: 'aisyah@example.com' })).not.toEqual(one)
})

test('no contact leaves no hash', () => {
  const none = { contactEmailHmac: null, contactPhoneHmac: null, contactPhone2Hmac: null, contactKeyId: null }
  expect(hashContact(key, undefined)).toEqual(none)
  expect(hashContact(key, null)).toEqual(none)
})

test('while keys roll over a buyer is recognised by what either key made, and the row says which one did', () => {
  const keys = deriveContactKeys(['another secret of an installation, 32+', secret])
  const old = hash({ email: 'aisyah@example.com' })
  const renewed = hashContact(keys[0], { email: 'aisyah@example.com' })
  expect(hashesOfContact(keys, { email: 'aisyah@example.com' })).toEqual([
    renewed.contactEmailHmac,
    old.contactEmailHmac,
  ])
  expect(old.contactKeyId).not.toBe(renewed.contactKeyId)
})
