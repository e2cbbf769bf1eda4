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

// Longer than a call may take from its opening to its record.
const callMaxSql = `interval '15 minutes'`
const failedMax = 1000

const newestOfParcel = `
  select call_id from call_parcels where organization_id = $1 and opened_at >= $3 and $2::bigint = any (tracking_ids) order by opened_at desc limit $4`
// Looked up once, so that the index goes to that moment: joined, Postgres walks all calls of the shop (300 ms of 90,000).
const checkedAt = '(select checked_at from tracking_schedule where organization_id = $1 and tracking_id = $2::bigint)'
const lastCheck = `
  select call_id from call_parcels
   where organization_id = $1 and opened_at <= ${checkedAt} and opened_at >= ${checkedAt} - ${callMaxSql} and $2::bigint = any (tracking_ids)
   order by opened_at desc limit 1`
const lastChange = `
  select call_id from tracking_update_logs where organization_id = $1 and tracking_id = $2::bigint and call_id is not null order by at desc, id desc limit 1`
const failedOfParcel = `
  select failed.id from (
    select id, opened_at from api_calls where organization_id = $1 and outcome <> 'ok' order by opened_at desc limit ${failedMax}) as failed
    join call_parcels p on p.call_id = failed.id
   where p.organization_id = $1 and $2::bigint = any (p.tracking_ids) order by failed.opened_at desc limit $4`

/**
 * The calls that tell of a parcel without going through all of its shop's: the newest since `since`, the one of its last check, the one that brought its last
 * change, and those of the shop's newest failed ones that asked about it.
 */
export const listCallsOfParcel = (
  shop: ShopSql,
  { trackingId, since, limit }: { trackingId: string; since: Date; limit: number },
) =>
  rows<CallRow>(shop, {
    text: `select ${callColumns} from api_calls
            where organization_id = $1 and id = any (array(
              ${[newestOfParcel, lastCheck, lastChange, failedOfParcel].map((calls) => `(${calls})`).join(' union ')}))
            order by opened_at desc, id desc`,
    values: [shop.organizationId, trackingId, since, limit],
  })
