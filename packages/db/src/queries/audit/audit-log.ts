import { run, type Sql } from '../../sql.ts'

/** What someone did, as the log keeps it. */
export type AuditEntry = {
  at: Date
  /** Null for what concerns the whole installation. */
  organizationId: string | null
  act: string
  actor: string
  /** What it was done to, such as `user:3`. */
  object: string | null
  result: 'done' | 'refused'
  addressHmac: string | null
  requestId: string | null
  /** Our own words and numbers, no personal data. */
  detail: string | null
}

/** Appends an entry; the sealer finds it once its transaction has committed. */
export const insertAudit = (sql: Sql, entry: AuditEntry) =>
  run(sql, {
    text: `insert into audit_log (at, organization_id, act, actor, object, result, address_hmac, request_id, detail)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      ...[entry.at, entry.organizationId, entry.act, entry.actor, entry.object, entry.result],
      ...[entry.addressHmac, entry.requestId, entry.detail],
    ],
  })
