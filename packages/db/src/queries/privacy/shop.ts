import { row, rows, run, type ShopSql, type ShopTx, type Sql } from '../../sql.ts'
import { type ParcelRef, refColumns } from '../parcels/parcel-row.ts'

/** How much belongs to a shop. `users` are those who belong to no other shop and run nothing: they go with it. */
export type ShopContents = {
  parcels: number
  onTheirWay: number
  connections: number
  keys: number
  members: number
  users: number
  logEntries: number
}

const goesWithIt = `not u.is_operator and not exists (select from memberships other where other.user_id = u.id and other.organization_id <> $1)`

export const countShop = async (shop: ShopSql): Promise<ShopContents> =>
  (await row<ShopContents>(shop, {
    text: `select
      (select count(*)::int from tracking_cache where organization_id = $1) as parcels,
      (select count(*)::int from tracking_cache where organization_id = $1 and ended_at is null) as "onTheirWay",
      (select count(*)::int from connections where organization_id = $1) as connections,
      (select count(*)::int from api_keys where organization_id = $1) as keys,
      (select count(*)::int from memberships where organization_id = $1) as members,
      (select count(*)::int from memberships m join users u on u.id = m.user_id where m.organization_id = $1 and ${goesWithIt}) as users,
      (select count(*)::int from tracking_update_logs where organization_id = $1) as "logEntries"`,
    values: [shop.organizationId],
  }))!

/** Says when a shop is erased; null calls it off, before it has begun. One that is planned already keeps its day. Tells whether anything changed. */
export const saveErasure = async (
  shop: ShopSql,
  { eraseAt, now }: { eraseAt: Date | null; now: Date },
): Promise<boolean> =>
  (await run(shop, {
    text: `update organizations set erase_at = $2
            where id = $1 and case when $2::timestamptz is null then erase_at > $3 else erase_at is null end`,
    values: [shop.organizationId, eraseAt, now],
  })) === 1

/** The shops whose time is over. */
export const listShopsToErase = (sql: Sql, now: Date) =>
  rows<{ organizationId: string; slug: string }>(sql, {
    text: 'select id as "organizationId", slug from organizations where erase_at <= $1 order by erase_at limit 100',
    values: [now],
  })

/**
 * Lets no one act for the shop any more: its keys, invitations and sessions go, and users who belong nowhere else. Whoever asks for it holds back
 * everyone who gives a role: a user could be given one in another shop meanwhile.
 */
export const closeShop = async (tx: ShopTx): Promise<{ keys: number; users: number; roles: number }> => {
  const values = [tx.organizationId]
  const keys = await run(tx, { text: 'delete from api_keys where organization_id = $1', values })
  await run(tx, { text: 'delete from account_links where organization_id = $1', values })
  await run(tx, { text: 'delete from connection_logins where organization_id = $1', values })
  await run(tx, { text: 'delete from sessions where organization_id = $1', values })
  const users = await run(tx, {
    text: `delete from users u where ${goesWithIt} and u.id in (select user_id from memberships where organization_id = $1)`,
    values,
  })
  const roles = await run(tx, { text: 'delete from memberships where organization_id = $1', values })
  return { keys, users, roles }
}

/** Locks some of a shop's parcels, the oldest first. */
export const lockSomeParcels = (tx: ShopTx, limit: number) =>
  rows<ParcelRef>(tx, {
    text: `select ${refColumns} from tracking_cache where organization_id = $1 order by id limit $2 for update`,
    values: [tx.organizationId, limit],
  })

/** What is left of a shop once its parcels are gone, in an order that no foreign key minds. The audit log stays. */
const leftOver = [
  ...['tracking_update_logs', 'security_log', 'api_calls', 'unread_values', 'daily_reports', 'job_failures'],
  'kept_answers',
  ...['refresh_run_parcels', 'refresh_runs'],
  ...['migration_batches', 'migration_runs'],
  ...['bookings', 'account_syncs'],
  'undos',
] as const
export type LeftOver = (typeof leftOver)[number]
export const leftOverTables: readonly LeftOver[] = leftOver

/** Deletes rows of a shop; tells how many. */
export const deleteLeftOver = (shop: ShopSql, { table, limit }: { table: LeftOver; limit: number }) =>
  run(shop, {
    text: `delete from ${table} where ctid = any (array(select ctid from ${table} where organization_id = $1 limit $2))`,
    values: [shop.organizationId, limit],
  })

/** Deletes the shop itself, with its settings, its EasyParcel accounts and its counts: changes first, so that who folds them meanwhile is waited for. */
export const deleteShop = async (tx: ShopTx): Promise<void> => {
  const values = [tx.organizationId]
  await run(tx, { text: 'delete from tracking_count_changes where organization_id = $1', values })
  await run(tx, { text: 'delete from tracking_counts where organization_id = $1', values })
  await run(tx, { text: 'delete from shop_settings where organization_id = $1', values })
  await run(tx, { text: 'delete from connections where organization_id = $1', values })
  await run(tx, { text: 'delete from organizations where id = $1', values })
}
