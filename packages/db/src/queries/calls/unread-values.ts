import { rows, run, type Sql, type Tx } from '../../sql.ts'

/** A code or text of EasyParcel that no one could read, as it came. */
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
  rows<UnreadValue>(sql, {
    text: `select connection_id as "connectionId", kind, value, times, first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt"
       from unread_values order by times desc, last_seen_at desc, kind, value limit $1`,
    values: [limit],
  })

/** Counts codes and texts no one could read, all but texts once a day, since they come with each answer, and keeps the parcels that had each last as examples; the rows are written in key order, so that two calls never wait in a circle. */
export const countUnreadValues = (
  tx: Tx,
  args: { connectionId: string; now: Date; values: readonly { kind: string; value: string; trackingId?: string }[] },
) =>
  args.values.length === 0
    ? Promise.resolve(0)
    : run(tx, {
        text: `insert into unread_values as known (organization_id, connection_id, kind, value, times, first_seen_at, last_seen_at, examples)
         select c.organization_id, c.id, kind, value, count(*), $2, $2,
                coalesce((array_agg(distinct tracking_id) filter (where tracking_id is not null))[1:3], '{}')
           from unnest($3::text[], $4::text[], $5::bigint[]) as seen (kind, value, tracking_id)
           join connections c on c.id = $1
          where kind = 'text' or not exists (
            select from unread_values recent where recent.connection_id = $1 and recent.kind = seen.kind and recent.value = seen.value
               and recent.last_seen_at between $2::timestamptz - interval '1 day' and $2::timestamptz)
          group by c.id, kind, value order by kind, value
         on conflict (connection_id, kind, value)
         do update set times = known.times + excluded.times, last_seen_at = excluded.last_seen_at,
           examples = (excluded.examples || array(select id from unnest(known.examples) as id where id <> all (excluded.examples)))[1:3]`,
        values: [
          args.connectionId,
          args.now,
          args.values.map(({ kind }) => kind),
          args.values.map(({ value }) => value.slice(0, 500)),
          args.values.map(({ trackingId }) => trackingId ?? null),
        ],
      })
