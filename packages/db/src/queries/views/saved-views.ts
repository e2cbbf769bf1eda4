import { columnsOf, type RowOf } from '../../columns.ts'
import { row, rows, run, type ShopSql, type ShopTx } from '../../sql.ts'

const viewTypes = {
  ...({ id: 'bigint', userId: 'bigint?', name: 'text', sort: 'text?' } as const),
  ...({ changedAt: 'timestamptz', changedBy: 'text' } as const),
} as const

/** A filter that someone keeps under a name; `userId` is null where it is everyone's. */
export type SavedViewRow = RowOf<typeof viewTypes> & { filter: Record<string, unknown> }

const viewColumns = `${columnsOf('v', Object.keys(viewTypes))}, v.filter`

/** A shop's shared views and those of one user, by name. */
export const listSavedViews = (shop: ShopSql, userId: string | null) =>
  rows<SavedViewRow>(shop, {
    text: `select ${viewColumns} from saved_views v where v.organization_id = $1 and (v.user_id is null or v.user_id = $2)
            order by lower(v.name), v.id limit 500`,
    values: [shop.organizationId, userId],
  })

/** How many views a user has in the shop, or with null how many it shares. */
export const countSavedViews = async (tx: ShopTx, userId: string | null): Promise<number> =>
  (await row<{ views: number }>(tx, {
    text: 'select count(*)::int as views from saved_views where organization_id = $1 and user_id is not distinct from $2::bigint',
    values: [tx.organizationId, userId],
  }))!.views

/** A view of the shop, locked. */
export const lockSavedView = (tx: ShopTx, id: string) =>
  row<SavedViewRow>(tx, {
    text: `select ${viewColumns} from saved_views v where v.organization_id = $1 and v.id = $2 for update`,
    values: [tx.organizationId, id],
  })

type View = Omit<SavedViewRow, 'id'>

export const insertSavedView = async (tx: ShopTx, { userId, name, filter, sort, changedAt, changedBy }: View) =>
  (await row<{ id: string }>(tx, {
    text: `insert into saved_views (organization_id, user_id, name, filter, sort, changed_at, changed_by)
           values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    values: [tx.organizationId, userId, name, JSON.stringify(filter), sort, changedAt, changedBy],
  }))!.id

/** Writes all of a view but whose it is. */
export const saveSavedView = (tx: ShopTx, { id, name, filter, sort, changedAt, changedBy }: SavedViewRow) =>
  run(tx, {
    text: `update saved_views set name = $3, filter = $4, sort = $5, changed_at = $6, changed_by = $7
            where organization_id = $1 and id = $2`,
    values: [tx.organizationId, id, name, JSON.stringify(filter), sort, changedAt, changedBy],
  })

export const deleteSavedView = (tx: ShopTx, id: string) =>
  run(tx, {
    text: 'delete from saved_views where organization_id = $1 and id = $2',
    values: [tx.organizationId, id],
  })
