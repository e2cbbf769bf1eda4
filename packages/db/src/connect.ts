import pg from 'pg'
import { sessionAs } from './fence/session-as.ts'
import type { Way } from './fence/ways.ts'
import type { PrismaClient } from './generated/client.ts'
import type { ShopSql, ShopTx, Sql, Tx } from './sql.ts'

export type DbOptions = Pick<Way, 'url' | 'as'> &
  Partial<Pick<Way, 'isPooled' | 'isPrepared'>> & {
    poolMax: number
    statementTimeoutMs: number
    connectTimeoutMs: number
    /** Longest wait for an answer, for a server or a network that fell silent. Absent: a second more than a statement may run. */
    queryTimeoutMs?: number
    applicationName: string
    /** Told of errors on idle connections; the pool replaces them by itself. */
    onError: (error: Error) => void
  }

/** Two ways in: `prisma` for ordinary queries, `sql` and `transaction` for those that are better as SQL. */
export type Db = {
  /** Loaded and connected at its first use: no process waits at its start for what it needs later. */
  prisma: () => Promise<PrismaClient>
  sql: Sql
  /**
   * Runs `work` in one transaction on one connection; rolls back when it throws. Never wrap HTTP in it. Statements that `work` starts without
   * waiting in between travel together, and are done in the order of their start.
   */
  transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  /** The way to the rows of one shop, for whoever acts for it. As the role `shop` it is the only way to any. */
  ofShop: (organizationId: string) => ShopDb
  close: () => Promise<void>
}

export type ShopDb = { sql: ShopSql; transaction: <T>(work: (tx: ShopTx) => Promise<T>) => Promise<T> }

const anyInstant = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => Date

/** Instants as Postgres writes them in UTC are nearly ISO 8601, which JavaScript reads by itself, several times faster. */
export const readInstant = (text: string): Date =>
  text[10] === ' ' && text.endsWith('+00') ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : anyInstant(text)

const ours = new Map<number, (text: string) => unknown>([
  // A date is a calendar day, not an instant, so it stays text; node-postgres would make it a local midnight.
  [pg.types.builtins.DATE, (text) => text],
  [pg.types.builtins.TIMESTAMPTZ, readInstant],
])
const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && ours.get(oid)) || pg.types.getTypeParser(oid, format)) as never,
}

const silenceMs = 1_000

const toPoolConfig = (options: DbOptions): pg.PoolConfig => ({
  connectionString: options.url,
  max: options.poolMax,
  ...sessionAs(options.as, { isPooled: options.isPooled ?? false }),
  ...(!options.isPooled && {
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.statementTimeoutMs,
  }),
  connectionTimeoutMillis: options.connectTimeoutMs,
  application_name: options.applicationName,
  query_timeout: options.queryTimeoutMs ?? options.statementTimeoutMs + silenceMs,
  keepAlive: true,
})

const openPool = (options: DbOptions, isPipelined = false): pg.Pool => {
  const pool = new pg.Pool({ ...toPoolConfig(options), types: typeParsers, pipeline: isPipelined })
  pool.on('error', options.onError)
  return pool
}

type Query = pg.ClientBase['query']

/** Where a session may be another one at each transaction, and forgets names, statements travel without them. */
const queryOf = (target: Pick<pg.ClientBase, 'query'>, { isPrepared = true }: DbOptions): Query => {
  const query = target.query.bind(target)
  if (isPrepared) return query
  const unnamed = (statement: string | { name?: string }, ...rest: unknown[]) =>
    query(typeof statement === 'string' ? statement : ({ ...statement, name: undefined } as never), ...(rest as []))
  return unnamed as Query
}

/** A pool for one kind of statement, such as public reads, that must never wait behind the others. */
export const connectReads = (options: DbOptions): { sql: Sql; close: () => Promise<void> } => {
  const pool = openPool(options)
  return { sql: { query: queryOf(pool as Sql, options) }, close: () => pool.end() }
}

/** Opens the pool lazily: the first query connects. */
export const connect = (options: DbOptions): Db => {
  const pool = openPool(options, true)
  const sql: Sql = { query: queryOf(pool as Sql, options) }
  const isFenced = options.as === 'shop'
  let prisma: Promise<PrismaClient> | undefined
  return {
    prisma: () => {
      prisma ??= import('./open-prisma.ts').then(({ openPrisma }) => openPrisma(toPoolConfig(options), options.onError))
      return prisma
    },
    sql,
    transaction: (work) => transactionOn({ pool, options, begin: 'begin' }, work),
    ofShop: (organizationId) => {
      const place = { pool, options, begin: isFenced ? beginOf(organizationId) : 'begin' }
      const query = isFenced ? (...statement: Parameters<Query>) => aloneOn(place, statement) : sql.query
      return {
        sql: { query, organizationId } as ShopSql,
        transaction: (work) => transactionOn(place, (tx) => work({ ...tx, organizationId })),
      }
    },
    close: async () => {
      await (await prisma)?.$disconnect()
      await pool.end()
    },
  }
}

/** Begins a transaction that sees the rows of this shop. Text, since a statement with values cannot be two. */
const beginOf = (organizationId: string): string => {
  if (!/^\d{1,19}$/.test(organizationId)) throw new RangeError('A shop is named by its id.')
  return `begin; set local app.organization = '${organizationId}'`
}

type Place = { pool: pg.Pool; options: DbOptions; begin: string }

/** Runs `work` on one session of the pool, which is given up if it broke meanwhile. */
const onSession = async <T>(
  { pool, options }: Place,
  work: (query: Query, breakDown: (error: Error) => void) => Promise<T>,
): Promise<T> => {
  const client = await pool.connect()
  let broken: Error | undefined
  const breakDown = (error: Error): void => {
    broken ??= error
  }
  // A session that dies tells its client, too, and the pool listens to idle ones only: an event without a listener would end the process.
  client.on('error', breakDown)
  try {
    return await work(queryOf(client, options), breakDown)
  } finally {
    client.release(broken)
    client.off('error', breakDown)
  }
}

/** A transaction of one statement, all of it sent at once. */
const aloneOn = (place: Place, statement: Parameters<Query>): Promise<unknown> =>
  onSession(place, async (query, breakDown) => {
    const [begun, answer, committed] = await Promise.allSettled([
      query(place.begin),
      query(...statement),
      query('commit').catch((error: Error) => {
        breakDown(error)
        throw error
      }),
    ])
    if (answer.status === 'rejected') throw answer.reason
    for (const step of [begun, committed]) if (step.status === 'rejected') throw step.reason
    return answer.value
  })

const transactionOn = <T>(place: Place, work: (tx: Tx) => Promise<T>): Promise<T> =>
  onSession(place, async (ask, breakDown) => {
    let isOver = false
    // What `work` still starts after its end must not run outside, on a session that may be someone else's by then.
    const query = (...statement: Parameters<Query>) =>
      isOver ? Promise.reject(new Error('This transaction is over.')) : ask(...statement)
    try {
      const [, result] = await Promise.all([ask(place.begin), work({ query, inTransaction: true } as Tx)])
      await ask('commit')
      return result
    } catch (error) {
      isOver = true
      await ask('rollback').catch(breakDown)
      throw error
    } finally {
      isOver = true
    }
  })
