import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { deriveKeys, type Keys, type SecretKeys } from '../secrets/derive-key.ts'

/** The keys of what signing in leaves behind, derived from SECRET_KEY and good for nothing else. */
export const deriveAccessKeys = (secretKeys: SecretKeys): Keys => deriveKeys(secretKeys, 'jejak access 1')

export type AccessSubject = 'account' | 'address' | 'pair' | 'turns'

/** Names an account or an address without telling which it is. Hex, 64 characters. */
export const hashSubject = (key: Buffer, { kind, text }: { kind: AccessSubject; text: string }): string =>
  createHmac('sha256', key).update(`${kind}:${text}`).digest('hex')

const tagOf = (key: Buffer, random: Buffer): Buffer =>
  createHmac('sha256', key).update('token:').update(random).digest().subarray(0, 8)

/** A new session token: 192 random bits, and 64 that say that they are ours. */
export const newSessionToken = (key: Buffer): string => {
  const random = randomBytes(24)
  return Buffer.concat([random, tagOf(key, random)]).toString('base64url')
}

/** Whether we made a token, so that made-up ones are refused without asking the database. */
export const isSessionToken = (keys: Keys, token: string): boolean => {
  const bytes = Buffer.from(token, 'base64url')
  return (
    bytes.length === 32 && keys.some((key) => timingSafeEqual(tagOf(key, bytes.subarray(0, 24)), bytes.subarray(24)))
  )
}

/** As it is stored: a token is random enough for a plain hash. */
export const hashSessionToken = (token: string): string => createHash('sha256').update(token).digest('hex')
