import { createHmac } from 'node:crypto'
import type { Contact } from '@jejak/contract'
import type { ContactHashes } from '@jejak/db'
import { deriveKey } from '../secrets/derive-key.ts'

/** The key of the contact hashes, derived from SECRET_KEY: what seals tokens never touches contacts. */
export const deriveContactKey = (secretKey: string): Buffer => deriveKey(secretKey, 'jejak contact hash 1')

const hashOf = (key: Buffer, kind: 'email' | 'phone', value: string | undefined): string | null =>
  value === undefined ? null : createHmac('sha256', key).update(`${kind}:${value}`).digest('hex')

/** What is kept of a buyer's contact: keyed hashes, enough to compare and useless without the key. Expects a contact as the contract reads it. */
export const hashContact = (key: Buffer, contact: Contact | null | undefined): ContactHashes => ({
  contactEmailHmac: hashOf(key, 'email', contact?.email),
  contactPhoneHmac: hashOf(key, 'phone', contact?.phone),
  contactPhone2Hmac: hashOf(key, 'phone', contact?.otherPhone),
})
