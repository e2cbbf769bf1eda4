import { run, type Sql } from '../../sql.ts'

/** What looks like an attack. A look-up's own failures and locks are written with its counts. */
export type SecurityEvent = {
  at: Date
  kind:
    | 'limit_hit'
    | 'link_refused'
    | 'report_limited'
    | 'sign_in_refused'
    | 'sign_in_locked'
    | 'key_refused'
    | 'session_refused'
  /** Keyed hashes: of the order number or tracking number, and of the client's address. */
  subjectHash: string | null
  addressHash: string
  /** The address name of the shop that was asked, if one was. */
  shop: string | null
  /** Our own words, nothing that a client sent. */
  detail: string
}

export const logSecurity = (sql: Sql, event: SecurityEvent) =>
  run(sql, {
    text: `insert into security_log (organization_id, at, kind, subject_hmac, address_hmac, detail)
     values ((select id from organizations where slug = $1), $2, $3, $4, $5, $6)`,
    values: [event.shop, event.at, event.kind, event.subjectHash, event.addressHash, event.detail],
  })
