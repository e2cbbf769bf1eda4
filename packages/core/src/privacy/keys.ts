import { createHmac } from 'node:crypto'
import type { Contact } from '@jejak/contract'
import type { Traces } from '@jejak/db'
import { deriveAccessKeys } from '../access/index.ts'
import { hashSubject } from '../access/keys.ts'
import { deriveLookupKey, hashForLog } from '../buyers/keys.ts'
import { type ContactKeys, deriveContactKeys, hashesOfContact } from '../registering/contact-hash.ts'
import { deriveKey, type SecretKeys } from '../secrets/derive-key.ts'

/** What a customer's contact may be stored under: by each accepted SECRET_KEY, its keys for contacts, look-ups and sign-ins. `proof` is of the first one. */
export type PrivacyKeys = {
  each: readonly { contactKeys: ContactKeys; lookupKey: Buffer; accessKey: Buffer }[]
  proof: Buffer
}

export const derivePrivacyKeys = (secretKeys: SecretKeys): PrivacyKeys => ({
  each: secretKeys.map((secretKey) => ({
    contactKeys: deriveContactKeys([secretKey]),
    lookupKey: deriveLookupKey([secretKey]),
    accessKey: deriveAccessKeys([secretKey])[0],
  })),
  proof: deriveKey(secretKeys[0], 'jejak erasure proof 1'),
})

export const contactHashes = ({ each }: PrivacyKeys, contact: Contact): string[] =>
  each.flatMap(({ contactKeys }) => hashesOfContact(contactKeys, contact))

/**
 * What the audit log calls a contact: whoever has the contact and SECRET_KEY can show that it was erased. No row that can be found by a contact holds
 * it, and a contact cannot be found from it.
 */
export const proofOf = ({ proof }: PrivacyKeys, { email, phone }: Contact): string =>
  createHmac('sha256', proof)
    .update(`${email ?? phone}`)
    .digest('hex')
    .slice(0, 32)

type Touched = {
  contact: Contact
  shop: string
  orders: readonly (string | null)[]
  trackingNumbers: readonly string[]
}

/** The hashes under which look-ups of these orders with this contact, notes about them, and attempts to sign in may be kept. */
export const tracesOf = (keys: PrivacyKeys, { contact, shop, orders, trackingNumbers }: Touched): Traces => {
  const numbers = orders.filter((order) => order !== null)
  return {
    pairs: keys.each.flatMap(({ contactKeys, lookupKey }) =>
      hashesOfContact(contactKeys, contact).flatMap((hash) =>
        numbers.flatMap((order) =>
          ['', shop].map((asked) => hashForLog(lookupKey, { kind: 'pair', text: `${hash}:${asked}:${order}` })),
        ),
      ),
    ),
    subjects: keys.each.flatMap(({ lookupKey }) => [
      ...numbers.map((text) => hashForLog(lookupKey, { kind: 'order', text })),
      ...trackingNumbers.map((text) => hashForLog(lookupKey, { kind: 'number', text })),
    ]),
    accounts: keys.each.flatMap(({ accessKey }) =>
      contact.email === undefined ? [] : [hashSubject(accessKey, { kind: 'account', text: contact.email })],
    ),
  }
}
