import { createHash, randomBytes } from 'node:crypto'
import { type Tx, takeRecoveryCode, takeStep } from '@jejak/db'
import { Secret, TOTP } from 'otpauth'
import type { SecretKeys } from '../secrets/derive-key.ts'
import { createSealer, type Sealer } from '../secrets/sealed-secret.ts'

const period = 30
const window = 1

/** The step in which this moment lies. */
export const stepAt = (now: Date): number => Math.floor(now.getTime() / (period * 1000))

/** So many steps, ten minutes, a new secret waits for its first code. */
export const secretWaits = 20

/** Seals the secrets of authenticators. */
export const createTotpSealer = (secretKeys: SecretKeys): Sealer =>
  createSealer({ secretKeys, purpose: 'authenticators 1' })

/** A code that fits: one of an authenticator by its step, or a recovery code by its hash. It is used up by `takeCode`. */
export type FittingCode = { step: number } | { recoveryHash: string }

const totpOf = (secret: string, email: string) =>
  new TOTP({ issuer: 'Jejak', label: email, algorithm: 'SHA1', digits: 6, period, secret: Secret.fromBase32(secret) })

/** A secret for an authenticator, as text and as the address of a QR code. */
export const newTotpSecret = (email: string): { secret: string; uri: string } => {
  const secret = new Secret({ size: 20 }).base32
  return { secret, uri: totpOf(secret, email).toString() }
}

/** The step whose code this is, now or one earlier or later; null when it is none. */
const stepOf = (secret: string, { code, now }: { code: string; now: Date }): number | null => {
  const delta = totpOf(secret, '').validate({ token: code, timestamp: now.getTime(), window })
  return delta === null ? null : stepAt(now) + delta
}

const plain = (code: string): string => code.replaceAll(/[\s-]/g, '').toLowerCase()

/** As it is stored: a recovery code is random enough for a plain hash. Spaces and dashes do not count. */
export const hashRecoveryCode = (code: string): string => createHash('sha256').update(plain(code)).digest('hex')

export const newRecoveryCode = (): string =>
  Array.from(randomBytes(16), (byte) => 'abcdefghjkmnpqrstuvwxyz234567899'[byte & 31])
    .join('')
    .replace(/(.{4})(?=.)/g, '$1-')

/** What a typed code may be; null when it can be none. A recovery code needs no secret, so it works while that cannot be opened. */
export const readCode = (openSecret: () => string, { code, now }: { code: string; now: Date }): FittingCode | null => {
  const typed = plain(code)
  if (/^\d{6}$/.test(typed)) {
    const step = stepOf(openSecret(), { code: typed, now })
    return step === null ? null : { step }
  }
  return typed.length === 16 ? { recoveryHash: hashRecoveryCode(typed) } : null
}

/** Uses a code up; false when it has been, also by someone at the same time. */
export const takeCode = (
  tx: Tx,
  { userId, code, now }: { userId: string; code: FittingCode; now: Date },
): Promise<boolean> =>
  'step' in code
    ? takeStep(tx, { userId, step: code.step })
    : takeRecoveryCode(tx, { userId, hash: code.recoveryHash, now })
