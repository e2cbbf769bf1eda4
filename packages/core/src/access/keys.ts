import { createHash, createHmac, randomBytes } from 'node:crypto'
import { deriveKey } from '../secrets/derive-key.ts'

/** The key of what signing in leaves behind, derived from SECRET_KEY and good for nothing else. */
export const deriveAccessKey = (secretKey: string): Buffer => deriveKey(secretKey, 'jejak access 1')

export type AccessSubject = 'account' | 'address' | 'pair'

/** Names an account or an address without telling which it is. Hex, 64 characters. */
export const hashSubject = (key: Buffer, { kind, text }: { kind: AccessSubject; text: string }): string =>
  createHmac('sha256', key).update(`${kind}:${text}`).digest('hex')

/** A new session token: 256 random bits. */
export const newSessionToken = (): string => randomBytes(32).toString('base64url')

/** As it is stored: a token is random enough for a plain hash. */
export const hashSessionToken = (token: string): string => createHash('sha256').update(token).digest('hex')
