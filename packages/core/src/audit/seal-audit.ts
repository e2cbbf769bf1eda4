import {
  type Clock,
  type Db,
  findAuditHead,
  listUnsealedAudit,
  lockAuditChain,
  saveAuditHead,
  saveAuditSeals,
  type Tx,
} from '@jejak/db'
import { chainHash, exactInstant } from './chain-hash.ts'

const batchSize = 2000
const batchesMax = 500
// Transactions are over long before.
const lateAfterMs = 10 * 60_000

type SealDeps = { db: Pick<Db, 'transaction'>; clock: Clock }

/**
 * Seals the entries that were committed since: each gets the next number of one chain, and a hash over the one before and itself. As many at
 * once as may be: they take turns. Returns how many were sealed.
 */
export const sealAudit = async (deps: SealDeps, signal?: AbortSignal): Promise<number> => {
  let total = 0
  for (let batch = 0; batch < batchesMax && !signal?.aborted; batch++) {
    const sealed = await deps.db.transaction((tx) => sealBatch(tx, deps.clock))
    total += sealed
    if (sealed < batchSize) break
  }
  return total
}

const sealBatch = async (tx: Tx, clock: Clock): Promise<number> => {
  await lockAuditChain(tx)
  const now = await clock(tx)
  const head = await findAuditHead(tx)
  if (!head) throw new Error('The end of the audit chain is missing: someone has emptied the table audit_head.')
  const entries = await listUnsealedAudit(tx, batchSize)
  // A clock that was ahead for a while makes no entry late.
  const lookedAt = head.lookedAt && new Date(Math.min(head.lookedAt.getTime(), now.getTime()))
  const lateBefore = lookedAt ? exactInstant(new Date(lookedAt.getTime() - lateAfterMs)) : ''
  const sealedAt = exactInstant(now)
  let { no, hash } = head
  const seals = entries.map((entry) => {
    no = String(BigInt(no) + 1n)
    const place = { no, sealedAt, isLate: entry.at < lateBefore }
    hash = chainHash(hash, { ...entry, ...place })
    return { id: entry.id, hash, ...place }
  })
  if (seals.length > 0) await saveAuditSeals(tx, seals)
  // What waits for the next batch is not late because of this one.
  await saveAuditHead(tx, { no, hash, lookedAt: entries.length < batchSize ? now : head.lookedAt })
  return seals.length
}
