import { row, rows, type ShopSql } from '../../sql.ts'

/** Something that happened to a parcel: a change of the update log, or an act of the audit log. */
export type StoryRow = {
  source: 'change' | 'act'
  id: string
  at: Date
  what: string
  by: string
  detail: string | null
  previousStatus: string | null
  newStatus: string | null
  eventsAdded: number | null
  callId: string | null
  isRefused: boolean
}

/** Where a page of a story ended. */
export type StoryPlace = Pick<StoryRow, 'at' | 'source' | 'id'>

type Page = { trackingId: string; before: StoryPlace | null; withActs: boolean; limit: number }

/** What happened to a parcel of a shop, newest first; of the same instant, changes before acts. */
export const listStory = (shop: ShopSql, { trackingId, before, withActs, limit }: Page) =>
  rows<StoryRow>(shop, {
    text: `select source, id, at, what, by, detail, "previousStatus", "newStatus", "eventsAdded", "callId", "isRefused" from (
      (select 'change' as source, id, at, kind as what, triggered_by as by, detail, previous_status as "previousStatus",
              new_status as "newStatus", events_added as "eventsAdded", call_id as "callId", false as "isRefused"
         from tracking_update_logs
        where organization_id = $1 and tracking_id = $2::bigint and ($3::timestamptz is null or (at, 'change', id) < ($3, $4::text, $5::bigint))
        order by at desc, id desc limit $6)
      union all
      (select 'act', id, at, act, actor, detail, null, null, null, null, result = 'refused' from audit_log
        where organization_id = $1 and object = 'parcel:' || $2::bigint and $7
          and ($3::timestamptz is null or (at, 'act', id) < ($3, $4::text, $5::bigint))
        order by at desc, id desc limit $6)) as told
     order by at desc, source desc, id desc limit $6`,
    values: [
      ...[shop.organizationId, trackingId, before?.at ?? null, before?.source ?? null, before?.id ?? null],
      ...[limit, withActs],
    ],
  })

/** How often a parcel was checked, and how many links for buyers were made. */
export const findStoryFigures = (shop: ShopSql, trackingId: string) =>
  row<{ checks: number | null; links: number; lastLinkAt: Date | null }>(shop, {
    text: `select (select checks from tracking_schedule where organization_id = $1 and tracking_id = $2::bigint) as checks,
                  count(*)::int as links, max(at) as "lastLinkAt"
             from audit_log where organization_id = $1 and object = 'parcel:' || $2::bigint and act = 'link.created' and result = 'done'`,
    values: [shop.organizationId, trackingId],
  })

/** The newest refresh runs that a parcel was part of. */
export const listRunsOfParcel = (shop: ShopSql, { trackingId, limit }: { trackingId: string; limit: number }) =>
  rows<{ runId: string; by: string; outcome: string | null; askedAt: Date | null; settledAt: Date | null }>(shop, {
    text: `select r.id as "runId", r.asked_by as by, p.outcome, p.asked_at as "askedAt", p.settled_at as "settledAt"
             from refresh_runs r join refresh_run_parcels p on p.run_id = r.id and p.tracking_id = $2
            where r.organization_id = $1 order by r.id desc limit $3`,
    values: [shop.organizationId, trackingId, limit],
  })
