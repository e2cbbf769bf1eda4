import { rows, type ShopSql } from '../../sql.ts'
import type { AskedFor } from './calls.ts'

/** One request to EasyParcel. */
export type CallRow = {
  id: string
  connectionId: string
  budgetDay: string
  isManual: boolean
  kind: AskedFor
  openedAt: Date
  batchSize: number
  outcome: string | null
  found: number | null
  changed: number | null
  durationMs: number | null
  httpStatus: number | null
  requestId: string | null
  error: string | null
}

const callColumns = `id, connection_id as "connectionId", budget_day as "budgetDay", is_manual as "isManual", kind, opened_at as "openedAt",
  batch_size as "batchSize", outcome, found, changed, duration_ms as "durationMs", http_status as "httpStatus", request_id as "requestId", error`

/** Where a page ended: the microsecond of a call, and its id. */
export type CallPlace = { at: string; id: string }
export type CallsAsked = {
  limit: number
  isFailed?: boolean
  since?: Date | null
  until?: Date | null
  after?: CallPlace | null
}

/** A page of a shop's calls, newest first. */
export const listCalls = (
  shop: ShopSql,
  { limit, isFailed = false, since = null, until = null, after = null }: CallsAsked,
) =>
  rows<CallRow & { sortedAt: string }>(shop, {
    text: `select ${callColumns}, (extract(epoch from opened_at) * 1000000)::bigint as "sortedAt" from api_calls
            where organization_id = $1 and opened_at >= coalesce($3::timestamptz, '-infinity') and (not $4::boolean or outcome <> 'ok')
              and opened_at < coalesce($5::timestamptz, 'infinity')
              and ($6::bigint is null or (opened_at, id) < (timestamptz 'epoch' + $6::bigint * interval '1 microsecond', $7::bigint))
            order by opened_at desc, id desc limit $2`,
    values: [shop.organizationId, limit, since, isFailed, until, after?.at ?? null, after?.id ?? null],
  })

/** The newest calls that asked about a parcel of the shop, which came here at `since`. */
export const listCallsOfParcel = (
  shop: ShopSql,
  { trackingId, since, limit }: { trackingId: string; since: Date; limit: number },
) =>
  rows<CallRow>(shop, {
    text: `select ${callColumns} from api_calls
            where organization_id = $1 and id = any (array(
              select call_id from call_parcels
               where organization_id = $1 and opened_at >= $3 and $2::bigint = any (tracking_ids)
               order by opened_at desc limit $4))
            order by opened_at desc, id desc`,
    values: [shop.organizationId, trackingId, since, limit],
  })
