import { createHash, hkdfSync } from 'node:crypto'

/** SECRET_KEY, and behind it the one beside it while keys roll over: the first one writes, all are accepted. */
export type SecretKeys = readonly [string, ...string[]]

/** The keys for one purpose, in the order of the secret keys. */
export type Keys = readonly [Buffer, ...Buffer[]]

/** 32 bytes derived from SECRET_KEY (HKDF, SHA-256) for one purpose, and of no use for any other. */
export const deriveKey = (secretKey: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secretKey, '', purpose, 32))

export const deriveKeys = ([first, ...others]: SecretKeys, purpose: string): Keys => [
  deriveKey(first, purpose),
  ...others.map((secretKey) => deriveKey(secretKey, purpose)),
]

/** Names a SECRET_KEY without telling it: 8 hex digits. */
export const keyIdOf = (secretKey: string): string =>
  createHash('sha256').update(deriveKey(secretKey, 'jejak key id')).digest('hex').slice(0, 8)
