import { type HashedKind, hashForLog } from '@jejak/core/buyers'
import { logSecurity, type SecurityEvent } from '@jejak/db'
import type { Deps } from '../api-deps.ts'
import { createCounter } from './limits/counter.ts'

export type SecurityNote = Pick<SecurityEvent, 'kind' | 'detail'> & {
  address: string
  shop?: string | null | undefined
  subject?: [HashedKind, string]
}

export type NoteSecurity = (note: SecurityNote) => void

/**
 * Writes refusals to the security log, of each kind at most one a minute and address, so that a flood cannot fill it. No one waits for
 * that, and a failure is only logged.
 */
export const createSecurityNotes = ({
  clock,
  accessDb: db,
  log,
  lookupKey,
  now,
}: Pick<Deps, 'clock' | 'accessDb' | 'log' | 'lookupKey' | 'now'>): NoteSecurity => {
  const recent = createCounter({ windowMs: 60_000, talliesMax: 10_000, isShared: false })
  return ({ kind, detail, address, shop, subject }) => {
    if (recent.add(`${kind} ${address}`, 1, now().getTime()).used > 1) return
    const event = {
      shop: shop ?? null,
      kind,
      detail,
      subjectHash: subject ? hashForLog(lookupKey, { kind: subject[0], text: subject[1] }) : null,
      addressHash: hashForLog(lookupKey, { kind: 'address', text: address }),
    }
    const written = clock(db.sql).then((at) => logSecurity(db.sql, { ...event, at }))
    written.catch((err: Error) => log.error({ err, kind }, 'the security log could not be written'))
  }
}
