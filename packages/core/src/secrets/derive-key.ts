import { hkdfSync } from 'node:crypto'

/** 32 bytes derived from SECRET_KEY (HKDF, SHA-256) for one purpose, and of no use for any other. */
export const deriveKey = (secretKey: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secretKey, '', purpose, 32))
