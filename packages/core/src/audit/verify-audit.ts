import {
  type AuditHead,
  type Db,
  type EntryToSeal,
  findAuditHead,
  findUnsealedAudit,
  isActEntered,
  listSealedAudit,
  type Seal,
} from '@jejak/db'
import { chainHash } from './chain-hash.ts'
import { cutObject } from './cut-audit.ts'

/** What is wrong with the audit log. Numbers are places in the chain. */
export type AuditFault =
  /** The entry, or its place, is not what was sealed; or the one before it is not. */
  | { kind: 'changed'; no: string; id: string }
  /** These entries are gone. */
  | { kind: 'missing'; from: string; to: string }
  /** It stands where the chain has no place. */
  | { kind: 'inserted'; no: string; id: string }
  /** It was written more than ten minutes after the time that it names. */
  | { kind: 'late'; no: string; id: string; at: string }
  /** The oldest entries, up to this one, are gone, and no entry says that their time was over. */
  | { kind: 'cut'; to: string }
  /** The entry of this number is gone, or has another hash than the one that was kept elsewhere. */
  | { kind: 'unexpected'; no: string }
  /** The last hash is not the one that was kept apart, or that is gone. */
  | { kind: 'end' }

export type AuditVerdict = {
  faults: AuditFault[]
  /** How many more there are than are listed. */
  faultsLeftOut: number
  /** How many sealed entries there are, where they begin, and the end of the chain. */
  sealed: { amount: number; fromNo: string | null; head: Pick<AuditHead, 'no' | 'hash' | 'cutNo'> | null }
  /** What waits for the sealer and is not protected yet. */
  unsealed: Awaited<ReturnType<typeof findUnsealedAudit>>
}

const pageSize = 2000
const faultsMax = 100

const next = (no: string): string => String(BigInt(no) + 1n)
const isBehind = (no: string, other: string): boolean => BigInt(no) > BigInt(other)

/**
 * Walks the whole chain, in pages and as the database is at one moment, and tells what was edited, removed, inserted or moved. `expected` is an
 * end of the chain that was kept elsewhere.
 */
export const verifyAudit = (db: Pick<Db, 'transaction'>, expected?: Pick<Seal, 'no' | 'hash'>): Promise<AuditVerdict> =>
  db.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only')
    const head = await findAuditHead(tx)
    const unsealed = await findUnsealedAudit(tx)
    const faults: AuditFault[] = []
    let faultsLeftOut = 0
    let isExpected = !expected || (head?.cutNo === expected.no && head.cutHash === expected.hash)
    const walk = createWalk(head, (fault) => {
      if (faults.length < faultsMax) faults.push(fault)
      else faultsLeftOut += 1
    })
    let [amount, afterNo, fromNo]: [number, string, string | null] = [0, '-1', null]
    for (let page: (EntryToSeal & Seal)[]; ; ) {
      page = await listSealedAudit(tx, { afterNo, limit: pageSize })
      fromNo ??= page[0]?.no ?? null
      for (const entry of page) walk.see(entry)
      isExpected ||= page.some(({ no, hash }) => no === expected?.no && hash === expected.hash)
      amount += page.length
      afterNo = page.at(-1)?.no ?? afterNo
      if (page.length < pageSize) break
    }
    walk.end()
    if (expected && !isExpected) faults.unshift({ kind: 'unexpected', no: expected.no })
    if (head && head.cutNo !== '0' && !(await isActEntered(tx, { act: 'audit.cut', object: cutObject(head.cutNo) })))
      faults.unshift({ kind: 'cut', to: head.cutNo })
    return {
      ...{ faults, faultsLeftOut },
      sealed: { amount, fromNo, head: head ? { no: head.no, hash: head.hash, cutNo: head.cutNo } : null },
      unsealed,
    }
  })

/** Follows the chain from where it was cut to where it should end. */
const createWalk = (head: AuditHead | undefined, tell: (fault: AuditFault) => void) => {
  let last = { no: head?.cutNo ?? '0', hash: head?.cutHash ?? '' }
  const missing = (to: string) => tell({ kind: 'missing', from: next(last.no), to })
  return {
    see: (entry: EntryToSeal & Seal): void => {
      const { no, id, hash, at } = entry
      const isOutside = !isBehind(no, last.no) || (head && isBehind(no, head.no))
      const isNext = no === next(last.no)
      if (isOutside) tell({ kind: 'inserted', no, id })
      // What follows a gap has nothing before it that it could be held against.
      else if (!isNext) missing(String(BigInt(no) - 1n))
      else if (hash !== chainHash(last.hash, entry)) tell({ kind: 'changed', no, id })
      if (entry.isLate) tell({ kind: 'late', no, id, at })
      if (!isOutside) last = { no, hash }
    },
    end: (): void => {
      if (head && isBehind(head.no, last.no)) missing(head.no)
      else if (!head || last.hash !== head.hash) tell({ kind: 'end' })
    },
  }
}
