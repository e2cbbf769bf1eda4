import { type HashedKind, hashForLog } from '@jejak/core/customers'
import { logSecurity, type SecurityEvent } from '@jejak/db'
import type { Deps } from './deps.ts'
import { createWindowCounter } from './window-counter.ts'

export type SecurityNote = Pick<SecurityEvent, 'kind' | 'detail'> & { address: string; subject?: [HashedKind, string] }

/**
 * Writes refusals to the security log, of each kind at most one a minute and address, so that a flood cannot fill it. Nobody waits for
 * that, and a failure is only logged.
 */
export const createSecurityNotes = ({ db, log, lookupKey, now }: Pick<Deps, 'db' | 'log' | 'lookupKey' | 'now'>) => {
  const recent = createWindowCounter({ max: 1, windowMs: 60_000 })
  return ({ kind, detail, address, subject }: SecurityNote): void => {
    const at = now()
    if (recent.take(`${kind} ${address}`, at) > 0) return
    logSecurity(db.sql, {
      at,
      kind,
      detail,
      subjectHash: subject ? hashForLog(lookupKey, ...subject) : null,
      addressHash: hashForLog(lookupKey, 'address', address),
    }).catch((err: Error) => log.error({ err, kind }, 'the security log could not be written'))
  }
}
