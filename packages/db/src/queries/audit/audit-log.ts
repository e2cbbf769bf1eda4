import { row, rows, run, type ShopSql, type Sql } from '../../sql.ts'

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

export type AuditFilter = {
  [Field in 'actor' | 'act' | 'object']?: string | undefined
} & { since?: Date | undefined; until?: Date | undefined; beforeId?: string | undefined; limit: number }

export type AuditRow = AuditEntry & { id: string; no: string | null }

const listAuditSql = (whose: string) => `
  select id, at, organization_id as "organizationId", act, actor, object, result, address_hmac as "addressHmac", request_id as "requestId",
         detail, chain_no as no
    from audit_log
   where ${whose} and ($2::text is null or actor = $2) and ($3::text is null or act = $3) and ($4::text is null or object = $4)
     and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6) and ($7::bigint is null or id < $7)
   order by id desc limit $8`

const valuesOf = ({ actor, act, object, since, until, beforeId, limit }: AuditFilter) => [
  ...[actor ?? null, act ?? null, object ?? null, since ?? null, until ?? null, beforeId ?? null, limit],
]

/** A shop's entries that fit, newest first. */
export const listShopAudit = (shop: ShopSql, filter: AuditFilter) =>
  rows<AuditRow>(shop, {
    text: listAuditSql('organization_id = $1'),
    values: [shop.organizationId, ...valuesOf(filter)],
  })

/** The same over the whole installation. */
export const listAudit = (sql: Sql, filter: AuditFilter) =>
  rows<AuditRow>(sql, { text: listAuditSql('$1::bigint is null'), values: [null, ...valuesOf(filter)] })

/** Whether an entry of the installation says that this was done. */
export const isActEntered = async (sql: Sql, { act, object }: { act: string; object: string }): Promise<boolean> =>
  (await row(sql, {
    text: 'select from audit_log where organization_id is null and act = $1 and object = $2 limit 1',
    values: [act, object],
  })) !== undefined
