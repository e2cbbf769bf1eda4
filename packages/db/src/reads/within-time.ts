import type { Db } from '../connect.ts'
import type { Sql } from '../sql.ts'
import { DatabaseSilentError } from '../unavailable.ts'

const inTime = <T>(answer: Promise<T>, timeoutMs: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DatabaseSilentError(timeoutMs)), timeoutMs)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })

/** The same queries, each of which fails as unavailable after `timeoutMs`, waiting for a connection included. */
export const withinTime = (sql: Sql, timeoutMs: number): Sql => {
  const query = (...args: Parameters<Sql['query']>): Promise<unknown> =>
    inTime(sql.query(...args) as unknown as Promise<unknown>, timeoutMs)
  return { query } as unknown as Sql
}

/** The same shops, each statement and each transaction of which fails as unavailable after `timeoutMs`. */
export const shopsWithinTime = ({ ofShop }: Pick<Db, 'ofShop'>, timeoutMs: number): Pick<Db, 'ofShop'> => ({
  ofShop: (organizationId) => {
    const { sql, transaction } = ofShop(organizationId)
    return {
      sql: { ...withinTime(sql, timeoutMs), organizationId },
      transaction: (work) => inTime(transaction(work), timeoutMs),
    }
  },
})

/**
 * The same database for those whom no one should keep waiting: each statement, and each transaction as a whole, fails as unavailable after
 * `timeoutMs`. What had been sent by then may still come to pass.
 */
export const dbWithinTime = (
  { sql, transaction }: Pick<Db, 'sql' | 'transaction'>,
  timeoutMs: number,
): Pick<Db, 'sql' | 'transaction'> => {
  // A connection that has fallen silent is given up with its statement, instead of after the pool's own, longer time.
  const query = (statement: string | object, values?: unknown[]) => {
    const config = typeof statement === 'string' ? { text: statement } : statement
    return sql.query({ ...config, query_timeout: timeoutMs } as never, values as never)
  }
  return {
    sql: withinTime({ query } as unknown as Sql, timeoutMs),
    transaction: (work) => inTime(transaction(work), timeoutMs),
  }
}
