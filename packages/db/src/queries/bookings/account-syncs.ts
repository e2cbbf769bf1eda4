import { columnOf, columnsOf, type RowOf } from '../../columns.ts'
import { row, rows, run, runRow, type ShopSql, type Sql, type Tx } from '../../sql.ts'

const types = {
  listing: 'text?',
  listingBeganAt: 'timestamptz?',
  cursor: 'text?',
  pages: 'int',
  firstListedAt: 'timestamptz?',
  listedAt: 'timestamptz?',
  windowBeganAt: 'timestamptz?',
  windowCursor: 'text?',
  windowAt: 'timestamptz?',
  runningUntil: 'timestamptz?',
  lastRunAt: 'timestamptz?',
  nextRunAt: 'timestamptz',
  failures: 'smallint',
  lastError: 'text?',
} as const

/** Where the sync of one EasyParcel account is. */
export type AccountSyncRow = Omit<RowOf<typeof types>, 'listing'> & {
  connectionId: string
  organizationId: string
  listing: 'first' | 'newest' | null
}

const names = Object.keys(types)
const syncColumns = columnsOf('s', ['connectionId', 'organizationId', ...names])

/** The accounts whose sync is due and that no one works on; one that was never synced is. */
export const listDueSyncs = (sql: Sql, now: Date) =>
  rows<{ connectionId: string }>(sql, {
    text: `select c.id as "connectionId" from connections c left join account_syncs s on s.connection_id = c.id
      where c.api = 'open' and c.is_authorised
        and (s.connection_id is null or s.next_run_at <= $1 and (s.running_until is null or s.running_until <= $1))
      order by s.next_run_at nulls first limit 1000`,
    values: [now],
  })

/** Takes an account's sync until `until`, unless someone has it; undefined then, and where no account is connected. */
export const claimSync = (sql: Sql, args: { connectionId: string; now: Date; until: Date }) =>
  row<AccountSyncRow>(sql, {
    text: `insert into account_syncs as s (connection_id, organization_id, next_run_at, running_until, last_run_at)
           select id, organization_id, $2, $3, $2 from connections where id = $1 and api = 'open' and is_authorised
           on conflict (connection_id) do update set running_until = $3, last_run_at = $2
            where s.running_until is null or s.running_until <= $2
           returning ${syncColumns}`,
    values: [args.connectionId, args.now, args.until],
  })

/** Keeps a sync that one has; false once it was lost to another. */
export const extendSync = async (
  sql: Sql,
  { connectionId, runningUntil, until }: { connectionId: string; runningUntil: Date; until: Date },
): Promise<boolean> =>
  (await run(sql, {
    text: 'update account_syncs set running_until = $3 where connection_id = $1 and running_until = $2',
    values: [connectionId, runningUntil, until],
  })) === 1

/** Ends a run, and says when the next one is due. */
export const releaseSync = (sql: Sql, args: { connectionId: string; runningUntil: Date; nextRunAt: Date }) =>
  run(sql, {
    text: 'update account_syncs set running_until = null, next_run_at = $3 where connection_id = $1 and running_until = $2',
    values: [args.connectionId, args.runningUntil, args.nextRunAt],
  })

/** The sync, locked, as long as whoever asks still has it. */
export const lockSync = (tx: Tx, { connectionId, runningUntil }: { connectionId: string; runningUntil: Date }) =>
  row<AccountSyncRow>(tx, {
    text: `select ${syncColumns} from account_syncs s where connection_id = $1 and running_until = $2 for update`,
    values: [connectionId, runningUntil],
  })

const saveSyncSql = `
  update account_syncs set ${names.map((name) => `${columnOf(name)} = :${name}`).join(', ')} where connection_id = :connectionId`

/** Writes where it is, under the row's lock. */
export const saveSync = (tx: Tx, sync: AccountSyncRow) =>
  runRow(tx, { name: 'save-sync', text: saveSyncSql, row: sync })

/** A fault of ours ended the run: the next one waits, longer after each, by these waits. */
export const delaySync = (
  sql: Sql,
  args: { connectionId: string; now: Date; message: string; waitsMs: readonly number[] },
) =>
  run(sql, {
    text: `update account_syncs set failures = least(failures + 1, 1000), last_error = $3,
            next_run_at = $2::timestamptz + ($4::float8[])[least(failures + 1, cardinality($4::float8[]))] * interval '1 ms'
      where connection_id = $1`,
    values: [args.connectionId, args.now, args.message, args.waitsMs],
  })

/** Has an account synced now; false where a run is under way, or no account is connected. */
export const wakeSync = async (
  shop: ShopSql,
  { connectionId, now }: { connectionId: string; now: Date },
): Promise<boolean> =>
  (await run(shop, {
    text: `insert into account_syncs as s (connection_id, organization_id, next_run_at)
           select id, organization_id, $3 from connections where organization_id = $1 and id = $2 and api = 'open' and is_authorised
           on conflict (connection_id) do update set next_run_at = $3, listed_at = null where s.running_until is null or s.running_until <= $3`,
    values: [shop.organizationId, connectionId, now],
  })) === 1

/** An account's sync as people follow it; undefined where the shop has no such account. */
export type SyncProgress = Partial<Omit<AccountSyncRow, 'connectionId' | 'organizationId'>> & {
  connectionId: string
  api: 'open' | 'classic'
  isAuthorised: boolean
  bookings: number
  parcels: number
  waitingForNumber: number
  detailsLeft: number
  listCalls: number
  detailsCalls: number
}

/** How far the sync of an account of this shop is. Bookings are those of the window, and are gone through once; so are the account's calls of the day. */
export const findSync = (shop: ShopSql, { connectionId, day }: { connectionId: string; day: string }) =>
  row<SyncProgress>(shop, {
    text: `select c.id as "connectionId", c.api, c.is_authorised as "isAuthorised", ${columnsOf('s', names)}, seen.*, asked.*
             from connections c left join account_syncs s on s.connection_id = c.id
            cross join lateral (
              select count(*)::int as bookings, count(tracking_id)::int as parcels,
                     (count(*) filter (where tracking_number is null and made_at is null and status_code is distinct from 0))::int as "waitingForNumber",
                     (count(*) filter (where tracking_id is not null and details_at is null))::int as "detailsLeft"
                from bookings where organization_id = $1 and connection_id = c.id) as seen
            cross join lateral (
              select (count(*) filter (where kind = 'list'))::int as "listCalls", (count(*) filter (where kind = 'details'))::int as "detailsCalls"
                from api_calls where organization_id = $1 and connection_id = c.id and budget_day = $3 and not is_manual) as asked
            where c.organization_id = $1 and c.id = $2`,
    values: [shop.organizationId, connectionId, day],
  })
