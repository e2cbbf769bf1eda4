import { row, rows, run, type ShopSql, type ShopTx } from '../../sql.ts'

/** Something that was done and can be undone; `before` is for the kind to read. */
export type UndoRow = {
  id: string
  at: Date
  until: Date
  act: string
  actor: string
  permission: string
  detail: string | null
  amount: number
  kind: string
  undoneAt: Date | null
  undoneBy: string | null
}

const undoColumns = `u.id, u.at, u.until, u.act, u.actor, u.permission, u.detail, u.amount, u.kind, u.undone_at as "undoneAt", u.undone_by as "undoneBy"`

type NewUndo = Omit<UndoRow, 'id' | 'undoneAt' | 'undoneBy'> & { before: unknown }

/** Keeps what is needed to undo something. */
export const insertUndo = async (tx: ShopTx, undo: NewUndo): Promise<string> =>
  (await row<{ id: string }>(tx, {
    text: `insert into undos (organization_id, at, until, act, actor, permission, detail, amount, kind, before)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
    values: [
      ...[tx.organizationId, undo.at, undo.until, undo.act, undo.actor, undo.permission, undo.detail, undo.amount],
      ...[undo.kind, JSON.stringify(undo.before)],
    ],
  }))!.id

/** What a shop can still undo at `now`, newest first. */
export const listUndos = (shop: ShopSql, { now, limit }: { now: Date; limit: number }) =>
  rows<UndoRow>(shop, {
    text: `select ${undoColumns} from undos u where u.organization_id = $1 and u.undone_at is null and u.until > $2 order by u.id desc limit $3`,
    values: [shop.organizationId, now, limit],
  })

/** One of them, locked, with what was before. */
export const lockUndo = (tx: ShopTx, id: string) =>
  row<UndoRow & { before: unknown }>(tx, {
    text: `select ${undoColumns}, u.before from undos u where u.organization_id = $1 and u.id = $2 for update`,
    values: [tx.organizationId, id],
  })

/** Notes that it was undone. */
export const saveUndone = (tx: ShopTx, { id, now, by }: { id: string; now: Date; by: string }) =>
  run(tx, {
    text: 'update undos set undone_at = $3, undone_by = $4 where organization_id = $1 and id = $2',
    values: [tx.organizationId, id, now, by],
  })

/** Forgets what a shop could undo of these parcels, and what holds one of these keyed hashes of a contact. */
export const deleteUndos = (
  tx: ShopTx,
  { trackingIds, hashes }: { trackingIds: readonly string[]; hashes: readonly string[] },
) =>
  run(tx, {
    text: `delete from undos where organization_id = $1 and kind = 'parcels'
      and (exists (select from jsonb_array_elements(before) one where one->>'id' = any ($2::text[]))
        or exists (select from unnest($3::text[]) hash where strpos(before::text, hash) > 0))`,
    values: [tx.organizationId, trackingIds, hashes],
  })
