import { AsyncLocalStorage } from 'node:async_hooks'
import type { Db } from './connect.ts'
import type { ShopSql, ShopTx, Sql, Tx } from './sql.ts'

type Query = Sql['query']
type Way = Pick<Db, 'sql' | 'transaction'>
/** A pool, and the shop as whom it was opened. */
type Place = { pool: object; organizationId: string | null }
/** `last`: work that joins waits for its turn, since a session has one savepoint at a time. */
type Open = Place & { tx: Tx; last: Promise<unknown> }

/** An open transaction that everything joins which `inside` starts on the same database, for the same shop. */
export type HeldTransaction = {
  tx: Tx
  inside: <T>(work: () => Promise<T>) => Promise<T>
  /** Waits for what has joined. */
  commit: () => Promise<void>
  rollback: () => Promise<void>
}

const current = new AsyncLocalStorage<Open>()
const ignore = () => undefined

const findOpen = ({ pool, organizationId }: Place): Open | undefined => {
  const open = current.getStore()
  return open?.pool === pool && open.organizationId === organizationId ? open : undefined
}

/** What fails is undone as if it had a transaction of its own; what joins inside of it waits for its own turn there. */
const inSavepoint = async <T>(open: Open, work: (tx: Tx) => Promise<T>): Promise<T> => {
  let isOver = false
  const ask = open.tx.query
  const query = (...statement: Parameters<Query>) =>
    isOver ? Promise.reject(new Error('This transaction is over.')) : ask(...statement)
  const tx = { ...open.tx, query } as Tx
  try {
    const inner = { ...open, tx, last: Promise.resolve() }
    const [, result] = await Promise.all([ask('savepoint joined'), current.run(inner, () => work(tx))])
    await ask('release savepoint joined')
    return result
  } catch (error) {
    isOver = true
    await ask('rollback to savepoint joined; release savepoint joined').catch(ignore)
    throw error
  } finally {
    isOver = true
  }
}

const inTurn = <T>(open: Open, work: (tx: Tx) => Promise<T>): Promise<T> => {
  const done = open.last.then(() => inSavepoint(open, work))
  open.last = done.catch(ignore)
  return done
}

const join = (place: Place, own: Way): Way => ({
  sql: {
    query: ((...statement: Parameters<Query>): Promise<unknown> => {
      const open = findOpen(place)
      return open
        ? inTurn(open, (tx) => tx.query(...statement) as unknown as Promise<unknown>)
        : (own.sql.query(...statement) as unknown as Promise<unknown>)
    }) as Query,
  },
  transaction: (work) => {
    const open = findOpen(place)
    return open ? inTurn(open, work) : own.transaction(work)
  },
})

const hold = async (place: Place, transaction: Way['transaction']): Promise<HeldTransaction> => {
  const begun = Promise.withResolvers<Tx>()
  const end = Promise.withResolvers<void>()
  const done = transaction((tx) => {
    begun.resolve(tx)
    return end.promise
  })
  done.catch(begun.reject)
  const open: Open = { ...place, tx: await begun.promise, last: Promise.resolve() }
  return {
    tx: open.tx,
    inside: (work) => current.run(open, work),
    commit: async () => {
      await open.last
      end.resolve()
      await done
    },
    rollback: async () => {
      end.reject(new Error('Rolled back.'))
      await done.catch(ignore)
    },
  }
}

/** The same database, whose statements and transactions join the one that is held, if they are started inside of it. */
export const joinable = (own: Way): { db: Way; hold: () => Promise<HeldTransaction> } => {
  const place = { pool: own, organizationId: null }
  return { db: join(place, own), hold: () => hold(place, own.transaction) }
}

/** The same of one shop at a time. */
export const joinableShops = (
  own: Pick<Db, 'ofShop'>,
): { db: Pick<Db, 'ofShop'>; hold: (organizationId: string) => Promise<HeldTransaction> } => ({
  db: {
    ofShop: (organizationId) => {
      const shop = own.ofShop(organizationId)
      const joined = join({ pool: own, organizationId }, shop as unknown as Way)
      return {
        sql: { ...joined.sql, organizationId } as ShopSql,
        transaction: (work) => joined.transaction((tx) => work(tx as ShopTx)),
      }
    },
  },
  hold: (organizationId) =>
    hold({ pool: own, organizationId }, own.ofShop(organizationId).transaction as unknown as Way['transaction']),
})
