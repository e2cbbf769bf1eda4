import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deriveKey, keyIdOf, type SecretKeys } from './derive-key.ts'

export type SealingOptions = {
  /** Each at least 32 bytes. */
  secretKeys: SecretKeys
  /** What the secrets are for, such as `easyparcel-tokens 1`: what is sealed for one purpose does not open for another. */
  purpose: string
}

export type Sealer = { seal(secret: string): string; open(sealed: string): string }

const cipher = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

type SealingKey = { id: string; key: Buffer }

const sealingKey = (secretKey: string, purpose: string): SealingKey => {
  if (Buffer.byteLength(secretKey) < 32) throw new RangeError('SECRET_KEY must have at least 32 bytes.')
  return { id: keyIdOf(secretKey), key: deriveKey(secretKey, `jejak sealed secret: ${purpose}`) }
}

const sealWith = ({ id, key }: SealingKey, secret: string): string => {
  const iv = randomBytes(ivBytes)
  const sealing = createCipheriv(cipher, key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(id))
  const body = Buffer.concat([iv, sealing.update(secret, 'utf8'), sealing.final(), sealing.getAuthTag()])
  return `v1.${id}.${body.toString('base64url')}`
}

/** Whether the key with this id sealed it. */
export const isSealedBy = (sealed: string, keyId: string): boolean => sealed.startsWith(`v1.${keyId}.`)

const openWith = ({ id, key }: SealingKey, body: Buffer): string => {
  const opening = createDecipheriv(cipher, key, body.subarray(0, ivBytes), { authTagLength: tagBytes })
  opening.setAAD(Buffer.from(id)).setAuthTag(body.subarray(-tagBytes))
  return Buffer.concat([opening.update(body.subarray(ivBytes, -tagBytes)), opening.final()]).toString('utf8')
}

/** Seals secrets for storage: AES-256-GCM under a key derived from SECRET_KEY, as `v1.<key id>.<base64url>`. `open` throws with a reason fit for an operator. */
export const createSealer = ({ secretKeys, purpose }: SealingOptions): Sealer => {
  const keys = secretKeys.map((secretKey) => sealingKey(secretKey, purpose))
  return {
    seal: (secret) => sealWith(keys[0]!, secret),
    open: (sealed) => {
      const [, id, text] = /^v1\.([0-9a-f]{8})\.([\w-]+)$/.exec(sealed) ?? []
      const body = Buffer.from(text ?? '', 'base64url')
      if (!id || body.length < ivBytes + tagBytes) throw new Error('This is not a sealed secret of Jejak.')
      const key = keys.find((one) => one.id === id)
      if (!key)
        throw new Error(
          `The secret was sealed with another SECRET_KEY (key id ${id}); restore that key, or connect the shop again.`,
        )
      try {
        return openWith(key, body)
      } catch (cause) {
        throw new Error('The sealed secret is damaged, or was sealed for another purpose.', { cause })
      }
    },
  }
}
