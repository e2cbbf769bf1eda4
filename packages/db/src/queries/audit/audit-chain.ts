import { row, rows, run, type Sql, type Tx } from '../../sql.ts'

/** An entry as the chain seals it: numbers and instants are text, to the last digit. */
export type EntryToSeal = {
  id: string
  at: string
  organizationId: string | null
  act: string
  actor: string
  object: string | null
  result: string
  addressHmac: string | null
  requestId: string | null
  detail: string | null
}

/** Its place in the chain. `isLate`: it came when the entries of its time had long been sealed. */
export type Seal = { no: string; hash: string; sealedAt: string; isLate: boolean }

/** The end of the chain, and the last entry that was cut off at its old end; no 0 for none. */
export type AuditHead = { no: string; hash: string; cutNo: string; cutHash: string; lookedAt: Date | null }

const exact = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
const entryColumns = `id, ${exact('at')} as at, organization_id as "organizationId", act, actor, object, result,
                      address_hmac as "addressHmac", request_id as "requestId", detail`

/** Keeps every other sealer waiting until the end of the transaction. What is read after it, in statements of their own, is as the one before left it. */
export const lockAuditChain = (tx: Tx) => tx.query(`select pg_advisory_xact_lock(hashtext('jejak audit chain'))`)

/** Undefined where someone has removed it. */
export const findAuditHead = (sql: Sql) =>
  row<AuditHead>(
    sql,
    'select no, hash, cut_no as "cutNo", cut_hash as "cutHash", looked_at as "lookedAt" from audit_head where id = 1',
  )

/** Entries without a seal, in the order of their ids: one that commits late has a lower id than some that are sealed, and is found all the same. */
export const listUnsealedAudit = (tx: Tx, limit: number) =>
  rows<EntryToSeal>(tx, {
    text: `select ${entryColumns} from audit_log where chain_no is null order by audit_log.id limit $1`,
    values: [limit],
  })

/** Gives entries their seals. */
export const saveAuditSeals = (tx: Tx, seals: readonly (Seal & { id: string })[]) =>
  run(tx, {
    text: `update audit_log a set chain_no = s.no, hash = s.hash, sealed_at = s."sealedAt", is_late = s."isLate"
             from jsonb_to_recordset($1::jsonb) as s (id bigint, no bigint, hash text, "sealedAt" timestamptz, "isLate" boolean)
            where a.id = s.id and a.chain_no is null`,
    values: [JSON.stringify(seals)],
  })

/** Moves the end of the chain. */
export const saveAuditHead = (tx: Tx, { no, hash, lookedAt }: Pick<AuditHead, 'no' | 'hash' | 'lookedAt'>) =>
  run(tx, {
    text: 'update audit_head set no = $1, hash = $2, looked_at = $3 where id = 1',
    values: [no, hash, lookedAt],
  })

/** Sealed entries behind a place in the chain, in its order. */
export const listSealedAudit = (sql: Sql, { afterNo, limit }: { afterNo: string; limit: number }) =>
  rows<EntryToSeal & Seal>(sql, {
    text: `select ${entryColumns}, chain_no as no, hash, ${exact('sealed_at')} as "sealedAt", is_late as "isLate"
             from audit_log where chain_no > $1 order by chain_no limit $2`,
    values: [afterNo, limit],
  })

/** What waits for the sealer. */
export const findUnsealedAudit = async (sql: Sql) =>
  (await row<{ amount: number; fromId: string | null; since: Date | null }>(
    sql,
    `select count(*)::int as amount, min(id) as "fromId", min(at) as since from audit_log where chain_no is null`,
  ))!

/** Removes sealed entries at the old end of the chain, up to this one, and keeps its hash, so that the rest can be verified. */
export const cutAuditChain = async (tx: Tx, { no, hash }: Pick<Seal, 'no' | 'hash'>) => {
  await run(tx, { text: 'update audit_head set cut_no = $1, cut_hash = $2 where id = 1', values: [no, hash] })
  return run(tx, { text: 'delete from audit_log where chain_no <= $1', values: [no] })
}
