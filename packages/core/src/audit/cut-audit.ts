import { cutAuditChain, type Db, listSealedAudit, lockAuditChain } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { exactInstant } from './chain-hash.ts'
import { recordAct } from './record-act.ts'

/** What the entry of a cut names: the last number that is gone. */
export const cutObject = (no: string): string => `chain:${no}`

/** Removes what was sealed before `olderThan` at the old end of the chain, at most `limit` entries, and enters that. Returns how many. */
export const cutAudit = (
  { db }: { db: Pick<Db, 'transaction'> },
  { actor, now, olderThan, limit }: { actor: Actor; now: Date; olderThan: Date; limit: number },
): Promise<number> =>
  db.transaction(async (tx) => {
    await lockAuditChain(tx)
    const oldest = await listSealedAudit(tx, { afterNo: '0', limit })
    const firstKept = oldest.findIndex(({ sealedAt }) => sealedAt >= exactInstant(olderThan))
    const amount = firstKept === -1 ? oldest.length : firstKept
    const last = oldest[amount - 1]
    if (!last) return 0
    if ((await cutAuditChain(tx, last)) !== amount)
      throw new Error('The database did not let the oldest entries of the audit log go: none was removed.')
    const detail = `${amount} entries sealed before ${olderThan.toISOString()}`
    await recordAct(tx, { act: 'audit.cut', actor, organizationId: null, object: cutObject(last.no), detail, now })
    return amount
  })
