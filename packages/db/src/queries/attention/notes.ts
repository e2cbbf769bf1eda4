import { rows, run, type ShopSql, type ShopTx } from '../../sql.ts'

/** What someone of the shop wrote about a parcel; `author` as the logs name actors. */
export type NoteRow = { id: string; trackingId: string; at: Date; author: string; text: string }

const noteColumns = 'n.id, n.tracking_id as "trackingId", n.at, n.author, n.text'

/** The notes on these parcels of a shop, newest first. */
export const listNotes = (shop: ShopSql, trackingIds: readonly string[]) =>
  rows<NoteRow>(shop, {
    text: `select ${noteColumns} from parcel_notes n where n.organization_id = $1 and n.tracking_id = any ($2) order by n.id desc`,
    values: [shop.organizationId, trackingIds],
  })

type NewNote = { trackingIds: readonly string[]; at: Date; author: string; text: string; max: number }

/** Adds a note to locked parcels, but to none that has `max` of them. Returns those that it added. */
export const addNotes = (tx: ShopTx, { trackingIds, at, author, text, max }: NewNote) =>
  rows<{ id: string; trackingId: string }>(tx, {
    text: `insert into parcel_notes (organization_id, tracking_id, at, author, text)
      select $1, asked.id, $3, $4, $5 from unnest($2::bigint[]) as asked (id)
       where (select count(*) from (select from parcel_notes n where n.tracking_id = asked.id limit $6) as held) < $6
       order by asked.id
      returning id, tracking_id as "trackingId"`,
    values: [tx.organizationId, trackingIds, at, author, text, max],
  })

/** Deletes notes; returns how many were there. With `trackingId` only one of that parcel. */
export const deleteNotes = (tx: ShopTx, { ids, trackingId }: { ids: readonly string[]; trackingId?: string }) =>
  run(tx, {
    text: 'delete from parcel_notes where organization_id = $1 and id = any ($2) and ($3::bigint is null or tracking_id = $3)',
    values: [tx.organizationId, ids, trackingId ?? null],
  })
