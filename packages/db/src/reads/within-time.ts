import type { Sql } from '../sql.ts'
import { DatabaseSilentError } from '../unavailable.ts'

/** The same queries, each of which fails as unavailable after `timeoutMs`, waiting for a connection included. */
export const withinTime = (sql: Sql, timeoutMs: number): Sql => {
  const query = (...args: Parameters<Sql['query']>): Promise<unknown> => {
    const answer = sql.query(...args) as unknown as Promise<unknown>
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new DatabaseSilentError(timeoutMs)), timeoutMs)
      answer.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }
  return { query } as unknown as Sql
}
