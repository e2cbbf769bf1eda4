import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { deriveKey } from './derive-key.ts'

export type SealingOptions = {
  /** SECRET_KEY, at least 32 bytes. */
  secretKey: string
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
  const id = createHash('sha256').update(deriveKey(secretKey, 'jejak key id')).digest('hex').slice(0, 8)
  return { id, key: deriveKey(secretKey, `jejak sealed secret: ${purpose}`) }
}

const sealWith = ({ id, key }: SealingKey, secret: string): string => {
  const iv = randomBytes(ivBytes)
  const sealing = createCipheriv(cipher, key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(id))
  const body = Buffer.concat([iv, sealing.update(secret, 'utf8'), sealing.final(), sealing.getAuthTag()])
  return `v1.${id}.${body.toString('base64url')}`
}

const openWith = ({ id, key }: SealingKey, body: Buffer): string => {
  const opening = createDecipheriv(cipher, key, body.subarray(0, ivBytes), { authTagLength: tagBytes })
  opening.setAAD(Buffer.from(id)).setAuthTag(body.subarray(-tagBytes))
  return Buffer.concat([opening.update(body.subarray(ivBytes, -tagBytes)), opening.final()]).toString('utf8')
}

/** Seals secrets for storage: AES-256-GCM under a key derived from SECRET_KEY, as `v1.<key id>.<base64url>`. `open` throws with a reason fit for an operator. */
export const createSealer = ({ secretKey, purpose }: SealingOptions): Sealer => {
  const key = sealingKey(secretKey, purpose)
  return {
    seal: (secret) => sealWith(key, secret),
    open: (sealed) => {
      const [, id, text] = /^v1\.([0-9a-f]{8})\.([\w-]+)$/.exec(sealed) ?? []
      const body = Buffer.from(text ?? '', 'base64url')
      if (!id || body.length < ivBytes + tagBytes) throw new Error('This is not a sealed secret of Jejak.')
      if (id !== key.id)
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
