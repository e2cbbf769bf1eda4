import { row, rows, type Sql, type Tx } from '../../sql.ts'

/** What the installation says that a masked text means. */
export type OwnTextRow = {
  id: string
  text: string
  status: string
  substatus: string | null
  setAt: Date
  setBy: string
}

const columns = `id, text, status, substatus, set_at as "setAt", set_by as "setBy"`

/** All of them, by text; `saveOwnText` keeps them few. */
export const listOwnTexts = (sql: Sql) =>
  rows<OwnTextRow>(sql, { name: 'own-texts', text: `select ${columns} from own_texts order by text limit 1000` })

/** Says what a text means, instead of what was said before; undefined when there are `limit` others already. */
export const saveOwnText = (tx: Tx, { limit, ...text }: Omit<OwnTextRow, 'id'> & { limit: number }) =>
  row<OwnTextRow>(tx, {
    text: `with turn as materialized (select pg_advisory_xact_lock(hashtextextended('jejak own texts', 0)))
     insert into own_texts (text, status, substatus, set_at, set_by)
     select $1, $2, $3, $4, $5 from turn where (select count(*) from own_texts where text <> $1) < $6
     on conflict (text) do update set status = excluded.status, substatus = excluded.substatus, set_at = excluded.set_at, set_by = excluded.set_by
     returning ${columns}`,
    values: [text.text, text.status, text.substatus, text.setAt, text.setBy, limit],
  })

/** Takes one back; returns what it was. */
export const deleteOwnText = (tx: Tx, id: string) =>
  row<OwnTextRow>(tx, { text: `delete from own_texts where id = $1 returning ${columns}`, values: [id] })

/** A text that no one could read, over all shops; `examples` are ids of parcels that had it last. */
export type UnreadText = {
  text: string
  times: number
  shops: number
  firstSeenAt: Date
  lastSeenAt: Date
  examples: string[]
}

/** Those seen most often come first. */
export const listUnreadTexts = (sql: Sql, limit: number) =>
  rows<UnreadText>(sql, {
    text: `select text, times, shops, "firstSeenAt", "lastSeenAt",
            array(select distinct t.id::text from jsonb_array_elements(unread.seen) as of_account (ids) cross join jsonb_array_elements_text(ids) as parcel (id)
                    join tracking_cache t on t.id = parcel.id::bigint limit 3) as examples
       from (select value as text, sum(times)::int as times, count(distinct organization_id)::int as shops, min(first_seen_at) as "firstSeenAt",
                    max(last_seen_at) as "lastSeenAt", jsonb_agg(examples) as seen
               from unread_values u where kind = 'text' and not exists (select from own_texts o where o.text = u.value)
              group by value order by sum(times) desc, value limit $1) as unread
      order by times desc, text`,
    values: [limit],
  })

/** Parcels whose scans may hold a text, with what reading them takes. */
export type ScanRow = { id: string; events: string; api: 'open' | 'classic' }

/**
 * Parcels that have changed since a text was first seen, of the shops that saw it, the newest first. No shop saw one that was readable from the
 * start: then the newest parcels of all shops, of each as many.
 */
export const listParcelsWithUnread = (sql: Sql, { text, limit }: { text: string; limit: number }) =>
  rows<ScanRow>(sql, {
    text: `with unread as (
         select organization_id, min(first_seen_at) - interval '1 minute' as since, $2::int as most
           from unread_values where kind = 'text' and value = $1 group by organization_id),
       seen as (
         select * from unread
         union all
         select id, '-infinity', ceil($2::int / (count(*) over ())::numeric)::int from organizations where not exists (select from unread))
       select t.id, t.events, c.api from seen
       cross join lateral (
         select id, events, connection_id from tracking_cache
          where organization_id = seen.organization_id and changed_at >= seen.since order by changed_at desc, id desc limit seen.most) as t
       join connections c on c.id = t.connection_id limit $2`,
    values: [text, limit],
  })
