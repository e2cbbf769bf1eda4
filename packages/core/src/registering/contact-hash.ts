import { createHmac } from 'node:crypto'
import type { Contact } from '@jejak/contract'
import type { ContactHashes } from '@jejak/db'
import { deriveKey, keyIdOf, type SecretKeys } from '../secrets/derive-key.ts'

export type ContactKey = { id: string; key: Buffer }
/** The first one hashes what is new; what any of them hashed is recognised. */
export type ContactKeys = readonly [ContactKey, ...ContactKey[]]

const toContactKey = (secretKey: string): ContactKey => ({
  id: keyIdOf(secretKey),
  key: deriveKey(secretKey, 'jejak contact hash 1'),
})

/** The keys of the contact hashes, derived from SECRET_KEY: what seals tokens never touches contacts. */
export const deriveContactKeys = ([first, ...others]: SecretKeys): ContactKeys => [
  toContactKey(first),
  ...others.map(toContactKey),
]

const hashOf = (key: Buffer, kind: 'email' | 'phone', value: string | undefined): string | null =>
  value === undefined ? null : createHmac('sha256', key).update(`${kind}:${value}`).digest('hex')

/** What is kept of a buyer's contact: keyed hashes, enough to compare and useless without the key. Expects a contact as the contract reads it. */
export const hashContact = ({ id, key }: ContactKey, contact: Contact | null | undefined): ContactHashes => {
  const hashes = {
    contactEmailHmac: hashOf(key, 'email', contact?.email),
    contactPhoneHmac: hashOf(key, 'phone', contact?.phone),
    contactPhone2Hmac: hashOf(key, 'phone', contact?.otherPhone),
  }
  return { ...hashes, contactKeyId: Object.values(hashes).some((hash) => hash !== null) ? id : null }
}

/** The hashes, one for each key, under which this e-mail address or phone number may be stored. */
export const hashesOfContact = (keys: ContactKeys, { email, phone }: Contact): string[] => {
  const kind = email === undefined ? 'phone' : 'email'
  return keys.flatMap(({ key }) => hashOf(key, kind, email ?? phone) ?? [])
}
