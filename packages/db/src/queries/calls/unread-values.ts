import { rows, type Sql } from '../../sql.ts'

/** A code or text of EasyParcel that nobody could read, as it came. */
export type UnreadValue = {
  connectionId: string
  kind: 'code' | 'text' | 'status'
  value: string
  times: number
  firstSeenAt: Date
  lastSeenAt: Date
}

/** What was seen most often comes first. */
export const listUnreadValues = (sql: Sql, limit: number) =>
  rows<UnreadValue>(
    sql,
    `select connection_id as "connectionId", kind, value, times, first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt"
       from unread_values order by times desc, last_seen_at desc, kind, value limit $1`,
    [limit],
  )
