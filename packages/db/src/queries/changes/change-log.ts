import { changesChannel } from '../../changes-channel.ts'
import { row, rows, run, type ShopSql, type Sql, type Tx } from '../../sql.ts'
import type { ParcelRef } from '../parcels/parcel-row.ts'

/** What can happen to a parcel: every entry of the update log is one of these. The database holds the same list. */
export const changeKinds = [
  'registered',
  'reopened',
  'order_added',
  'shop_changed',
  'status_changed',
  'lapsed',
  'events_added',
  'corrected',
  'check_requested',
  'check_failed',
  're_read',
  'attention_raised',
  'attention_resolved',
  'reported',
  'archived',
  'removed',
  'deleted',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** What one entry says: `detail` is a reason or the names of what changed, never personal data. */
export type ChangeEntry = {
  kind: ChangeKind
  detail?: string | null
  previousStatus?: string | null
  newStatus?: string | null
  eventsAdded?: number
}

/** `isWatched`: someone may be looking at this number, and is told. */
export type NewChange = ChangeEntry & { parcel: ParcelRef; isWatched: boolean }

const insertChangesSql = `
  with entered as (
    insert into tracking_update_logs (at, triggered_by, call_id, organization_id, tracking_id, tracking_number, kind, detail,
                                      previous_status, new_status, events_added)
    select $1, $2, $3, "organizationId", id, "trackingNumber", kind, detail, "previousStatus", "newStatus", coalesce("eventsAdded", 0)
      from jsonb_to_recordset($4::jsonb) as c (
        id bigint, "organizationId" bigint, "trackingNumber" text, kind text, detail text, "previousStatus" text, "newStatus" text,
        "eventsAdded" smallint))
  select pg_notify('${changesChannel}', number) from unnest($5::text[]) as number`

/** Appends any number of entries to the update log and notifies listeners, in one statement. */
export const insertChanges = (
  tx: Tx,
  args: { at: Date; triggeredBy: string; callId: string | null; changes: readonly NewChange[] },
) => {
  const { at, triggeredBy, callId, changes } = args
  if (changes.length === 0) return Promise.resolve(0)
  const watched = new Set(changes.flatMap(({ parcel, isWatched }) => (isWatched ? [parcel.trackingNumber] : [])))
  const entries = changes.map(({ parcel: { id, organizationId, trackingNumber }, isWatched, ...entry }) => ({
    ...{ id, organizationId, trackingNumber, ...entry },
  }))
  const values = [at, triggeredBy, callId, JSON.stringify(entries), [...watched]]
  return run(tx, { name: 'insert-changes', text: insertChangesSql, values })
}

/** One entry of the feed, as it is read. */
export type ChangeRow = Required<ChangeEntry> & {
  id: string
  /** Which feed this is now. */
  feed: string
  /** The number of the transaction that wrote it. */
  xact: string
  trackingId: string
  trackingNumber: string
  at: Date
  triggeredBy: string
  callId: string | null
}

/** Where a reader is: behind this entry of this feed. */
export type FeedPlace = { feed: string; xact: string; id: string }

/**
 * A shop's entries after a place in the feed, in an order that never changes. Ids are given out before the commit, so a reader by id would skip
 * an entry that commits late. Instead entries are ordered by their transaction, and those are left for later whose transaction is not older than
 * the oldest one that still runs: every transaction below that has ended, so nothing can appear below it any more. Transactions are counted by the server, so a long one in
 * another of its databases holds the feed up as well: ask the primary only, since a standby knows fewer of those that run. A place of another
 * feed, or one that is ahead of this server, begins again. One comparison with the place, not a choice of two: the index then begins where the
 * reader is.
 */
export const listChanges = (
  sql: Sql,
  { organizationId, after, limit }: { organizationId: string; after: FeedPlace; limit: number },
) =>
  rows<ChangeRow>(sql, {
    text: `select id, (select feed from installation) as feed, xact, tracking_id as "trackingId", tracking_number as "trackingNumber", at, kind,
            triggered_by as "triggeredBy", detail, call_id as "callId", previous_status as "previousStatus", new_status as "newStatus",
            events_added as "eventsAdded"
       from tracking_update_logs
      where organization_id = $1 and xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        and (xact, id) > (case when $2 = (select feed from installation) and $3::bigint < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
                               then $3::bigint else -1 end, $4::bigint)
      order by xact, id limit $5`,
    values: [organizationId, after.feed, after.xact, after.id, limit],
  })

/** Where the feed of a shop ends now, as a cursor: behind the newest entry that is read in it. */
export const findFeedEnd = async (shop: ShopSql): Promise<string> =>
  (await row<{ cursor: string }>(shop, {
    text: `select i.feed || '-' || coalesce(l.xact, 0) || '-' || coalesce(l.id, 0) as cursor
             from installation i left join lateral (
               select xact, id from tracking_update_logs
                where organization_id = $1 and xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                order by xact desc, id desc limit 1) as l on true`,
    values: [shop.organizationId],
  }))!.cursor

/** Numbers entries again whose transactions this server has not reached: they came in a dump of another one. It is another feed then. */
export const renumberForeignChanges = (sql: Sql) =>
  run(
    sql,
    `with renumbered as (
       update tracking_update_logs set xact = pg_current_xact_id()::text::bigint
        where organization_id in (
          select o.id from organizations o
           where (select max(l.xact) from tracking_update_logs l where l.organization_id = o.id)
                 >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
       returning 1)
     update installation set feed = default where exists (select from renumbered)`,
  )

/** Whether this happened to a parcel after an instant. */
export const hasChangeAfter = async (
  sql: Sql,
  { parcel, kind, after }: { parcel: ParcelRef; kind: ChangeKind; after: Date },
): Promise<boolean> =>
  (await row<{ found: boolean }>(sql, {
    text: `select exists (
       select from tracking_update_logs where organization_id = $1 and tracking_id = $2 and kind = $3 and at > $4) as found`,
    values: [parcel.organizationId, parcel.id, kind, after],
  }))!.found
