import { createHmac } from 'node:crypto'
import { deriveKey, deriveKeys, type Keys, type SecretKeys } from '../secrets/derive-key.ts'

/** The key of what look-ups leave behind (locks, security log), derived from SECRET_KEY and good for nothing else. */
export const deriveLookupKey = ([secretKey]: SecretKeys): Buffer => deriveKey(secretKey, 'jejak order look-up 1')

/** The keys of links, derived from SECRET_KEY and good for nothing else. */
export const deriveLinkKeys = (secretKeys: SecretKeys): Keys => deriveKeys(secretKeys, 'jejak track link 1')

/** What a hash stands for; the same text as another kind hashes differently. */
export type HashedKind = 'address' | 'number' | 'order' | 'pair'

/** Names something in the security log or a lock without telling what it is. Hex, 64 characters. */
export const hashForLog = (key: Buffer, { kind, text }: { kind: HashedKind; text: string }): string =>
  createHmac('sha256', key).update(`${kind}:${text}`).digest('hex')
