import { createHash } from 'node:crypto'
import type { EntryToSeal, Seal } from '@jejak/db'

/** An instant as the chain holds it, to the microsecond: as text, earlier ones come first. */
export const exactInstant = (instant: Date): string => instant.toISOString().replace('Z', '000Z')

/** What seals an entry: SHA-256 over the hash before it, its place, and every field of it in a fixed order. */
export const chainHash = (previous: string, entry: EntryToSeal & Omit<Seal, 'hash'>): string => {
  const { no, id, at, organizationId, act, actor, object, result } = entry
  const { addressHmac, requestId, detail, sealedAt, isLate } = entry
  const fields = [
    ...[previous, no, id, at, organizationId, act, actor, object, result],
    ...[addressHmac, requestId, detail, sealedAt, isLate],
  ]
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex')
}
