import type { Db } from '../connect.ts'
import type { TestDatabase } from './create-test-database.ts'

/** What a hundred shops met that work interleaved over a few sessions. */
export type Seen = {
  transactions: number
  rows: number
  foreignRows: number
  /** Rows of another shop that a statement changed, or that were written for one. */
  foreignWrites: number
  refused: number
  failed: number
}

const shops = 100
const parcelsOfShop = 3

/** A hundred shops with a dozen parcels each, an order to each parcel. Returns their ids. */
export const addHundredShops = async ({ pool }: Pick<TestDatabase, 'pool'>): Promise<string[]> => {
  const { rows } = await pool.query<{ id: string }>(
    `with shop as (insert into organizations (slug, name) select 'shop-' || i, 'Shop ' || i from generate_series(1, ${shops}) as i returning id),
          account as (insert into connections (organization_id, api) select id, 'open' from shop returning id, organization_id),
          parcel as (
            insert into tracking_cache (organization_id, connection_id, tracking_number, document, document_version, registered_at, changed_at)
            select organization_id, id, (600000000000 + organization_id * 1000 + i)::text, '{}', 'first', now(), now()
              from account, generate_series(1, ${parcelsOfShop}) as i returning id, organization_id, connection_id),
          scheduled as (
            insert into tracking_schedule (organization_id, tracking_id, connection_id) select organization_id, id, connection_id from parcel),
          ordered as (
            insert into tracking_orders (organization_id, tracking_id, order_number, order_folded, registered_at)
            select organization_id, id, 'O' || id, 'O' || id, now() from parcel)
     select id from shop order by id`,
  )
  await pool.query('analyze')
  return rows.map(({ id }) => id)
}

/** Statements that say no shop: the fence alone has to. */
const everyRow = `
  select organization_id as shop from tracking_cache union all select organization_id from tracking_orders
  union all select organization_id from tracking_schedule union all select organization_id from connections
  union all select id from organizations`
const everyParcel = `update tracking_cache set courier = $1 returning organization_id as shop`
const insertAbroad = `
  insert into tracking_orders (organization_id, tracking_id, order_number, order_folded, registered_at)
  select organization_id, id, $2, $2, now() from tracking_cache where organization_id = $1 limit 1`
const insertForOther = `
  insert into tracking_update_logs (organization_id, tracking_id, tracking_number, at, kind, triggered_by)
  values ($1, 1, 'x', now(), 'reported', 'worker')`

type Work = { db: Db; shop: string; other: string; seen: Seen; turn: number }
type Rows = { rows: { shop: string }[] }

const look = ({ shop, seen }: Work, { rows }: Rows): void => {
  seen.rows += rows.length
  seen.foreignRows += rows.filter((row) => row.shop !== shop).length
}

const broken = new Error('as a handler that fails halfway')

/** Each in a transaction of its shop, among those of all others. */
const works: readonly ((work: Work) => Promise<unknown>)[] = [
  async (work) => look(work, await work.db.ofShop(work.shop).sql.query(everyRow)),
  (work) =>
    work.db.ofShop(work.shop).transaction(async (tx) => {
      look(work, await tx.query(everyRow))
      look(work, await tx.query(everyParcel, [work.shop]))
      look(work, await tx.query(everyRow))
    }),
  ({ db, shop, seen }) =>
    db.ofShop(shop).transaction(async (tx) => {
      await tx.query(everyParcel, ['rolled back'])
      seen.failed += 1
      throw broken
    }),
  ({ db, shop, seen }) =>
    db.ofShop(shop).transaction(async (tx) => {
      seen.failed += 1
      await tx.query('select 1 / 0')
    }),
  async (work) => {
    const { db, shop, seen } = work
    await db.ofShop(shop).transaction(async (tx) => {
      await tx.query('savepoint before')
      await tx.query('select no_such_column').catch(() => undefined)
      await tx.query('rollback to before')
      look(work, await tx.query(everyRow))
      seen.failed += 1
    })
  },
  ({ db, shop, seen }) =>
    db.ofShop(shop).transaction(async (tx) => {
      await tx.query(`set local statement_timeout = 1`)
      seen.failed += 1
      await tx.query('select pg_sleep(5)')
    }),
  async ({ db, shop, other, seen }) => {
    const { rowCount } = await db.ofShop(shop).sql.query(insertAbroad, [other, `A${shop}`])
    seen.foreignWrites += rowCount ?? 0
  },
  async ({ db, shop, other, seen }) => {
    await db.ofShop(shop).sql.query(insertForOther, [other])
    seen.foreignWrites += 1
  },
  async ({ db, seen }) => {
    // Whoever forgets to say which shop.
    const { rowCount } = await db.sql.query(everyRow)
    seen.foreignRows += rowCount ?? 0
  },
]

const isRefusal = (error: unknown) => (error as { code?: string }).code === '42501'

/** Lets the shops work in turns, so many transactions in all, `atOnce` of them at a time. */
export const interleave = async (
  db: Db,
  { ids, transactions, atOnce }: { ids: readonly string[]; transactions: number; atOnce: number },
): Promise<Seen> => {
  const seen: Seen = { transactions: 0, rows: 0, foreignRows: 0, foreignWrites: 0, refused: 0, failed: 0 }
  const takeTurns = async (): Promise<void> => {
    while (seen.transactions < transactions) {
      const turn = seen.transactions
      seen.transactions += 1
      const shop = ids[turn % ids.length]!
      const other = ids[(turn * 7 + 1) % ids.length]!
      if (other === shop) continue
      await works[turn % works.length]!({ db, shop, other, seen, turn }).catch((error: unknown) => {
        if (isRefusal(error)) seen.refused += 1
      })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, takeTurns))
  return seen
}
