import pg from 'pg'
import type { PrismaClient } from './generated/client.ts'
import type { ShopSql, ShopTx, Sql, Tx } from './sql.ts'

export type DbOptions = {
  url: string
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
  /** The way to the rows of one shop, for whoever acts for it. */
  ofShop: (organizationId: string) => ShopDb
  close: () => Promise<void>
}

type ShopDb = { sql: ShopSql; transaction: <T>(work: (tx: ShopTx) => Promise<T>) => Promise<T> }

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
  statement_timeout: options.statementTimeoutMs,
  idle_in_transaction_session_timeout: options.statementTimeoutMs,
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

/** A pool for one kind of statement, such as public reads, that must never wait behind the others. */
export const connectReads = (options: DbOptions): { sql: Sql; close: () => Promise<void> } => {
  const pool = openPool(options)
  return { sql: pool as Sql, close: () => pool.end() }
}

/** Opens the pool lazily: the first query connects. */
export const connect = (options: DbOptions): Db => {
  const poolConfig = toPoolConfig(options)
  const pool = openPool(options, true)
  let prisma: Promise<PrismaClient> | undefined
  return {
    prisma: () => {
      prisma ??= import('./open-prisma.ts').then(({ openPrisma }) => openPrisma(poolConfig, options.onError))
      return prisma
    },
    sql: pool as Sql,
    transaction: (work) => transactionOn(pool, work),
    ofShop: (organizationId) => ({
      sql: { query: pool.query.bind(pool), organizationId } as ShopSql,
      transaction: (work) => transactionOn(pool, (tx) => work({ ...tx, organizationId })),
    }),
    close: async () => {
      await (await prisma)?.$disconnect()
      await pool.end()
    },
  }
}

const transactionOn = async <T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> => {
  const client = await pool.connect()
  let broken: Error | undefined
  let isOver = false
  const breakDown = (error: Error): void => {
    broken ??= error
  }
  // A session that dies tells its client, too, and the pool listens to idle ones only: an event without a listener would end the process.
  client.on('error', breakDown)
  // What `work` still starts after its end must not run outside, on a session that may be someone else's by then.
  const query = (...statement: Parameters<typeof client.query>) =>
    isOver ? Promise.reject(new Error('This transaction is over.')) : client.query(...statement)
  try {
    const [, result] = await Promise.all([client.query('begin'), work({ query, inTransaction: true } as Tx)])
    await client.query('commit')
    return result
  } catch (error) {
    isOver = true
    await client.query('rollback').catch(breakDown)
    throw error
  } finally {
    isOver = true
    client.release(broken)
    client.off('error', breakDown)
  }
}
