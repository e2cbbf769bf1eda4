import { cutAuditChain, type Db, listSealedAudit, lockAuditChain } from '@jejak/db'
import { exactInstant } from './chain-hash.ts'

/** Removes what was sealed before `olderThan` at the old end of the chain, at most `limit` entries. Returns how many. */
export const cutAudit = (
  { db }: { db: Pick<Db, 'transaction'> },
  { olderThan, limit }: { olderThan: Date; limit: number },
): Promise<number> =>
  db.transaction(async (tx) => {
    await lockAuditChain(tx)
    const oldest = await listSealedAudit(tx, { afterNo: '0', limit })
    const firstKept = oldest.findIndex(({ sealedAt }) => sealedAt >= exactInstant(olderThan))
    const last = oldest.at(firstKept === -1 ? oldest.length - 1 : firstKept - 1)
    return last && firstKept !== 0 ? cutAuditChain(tx, last) : 0
  })
