import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

export type SealingOptions = {
  /** SECRET_KEY, at least 32 bytes. */
  secretKey: string
  /** Keys used before a rotation: they still open, they never seal. */
  previousKeys?: readonly string[]
  /** What the secrets are for, such as `easyparcel-tokens 1`: what is sealed for one purpose does not open for another. */
  purpose: string
}

export type Sealer = { seal(secret: string): string; open(sealed: string): string }

const cipher = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

type SealingKey = { id: string; key: Buffer }

const deriveKey = (secretKey: string, purpose: string): SealingKey => {
  if (Buffer.byteLength(secretKey) < 32) throw new RangeError('SECRET_KEY must have at least 32 bytes.')
  const derive = (info: string) => Buffer.from(hkdfSync('sha256', secretKey, '', info, 32))
  const id = createHash('sha256').update(derive('jejak key id')).digest('hex').slice(0, 8)
  return { id, key: derive(`jejak sealed secret: ${purpose}`) }
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
export const createSealer = ({ secretKey, previousKeys = [], purpose }: SealingOptions): Sealer => {
  const current = deriveKey(secretKey, purpose)
  const keys = [current, ...previousKeys.map((key) => deriveKey(key, purpose))]
  return {
    seal: (secret) => sealWith(current, secret),
    open: (sealed) => {
      const [, id, text] = /^v1\.([0-9a-f]{8})\.([\w-]+)$/.exec(sealed) ?? []
      const body = Buffer.from(text ?? '', 'base64url')
      if (!id || body.length < ivBytes + tagBytes) throw new Error('This is not a sealed secret of Jejak.')
      const key = keys.find((known) => known.id === id)
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
