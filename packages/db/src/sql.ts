import type pg from 'pg'

/** What a query function needs: a pool, or the client of an open transaction. Rows come back as plain objects. */
export type Sql = Pick<pg.ClientBase, 'query'>

/** The client of an open transaction. Queries that must not run alone ask for it. */
export type Tx = Sql & { readonly inTransaction: true }

/** All rows of one statement. */
export const rows = async <Row extends object>(sql: Sql, text: string, values: unknown[] = []): Promise<Row[]> =>
  (await sql.query<Row>(text, values)).rows

/** The only row of a statement that has at most one. */
export const row = async <Row extends object>(
  sql: Sql,
  text: string,
  values: unknown[] = [],
): Promise<Row | undefined> => (await rows<Row>(sql, text, values))[0]

/** Runs a statement and tells how many rows it touched. */
export const run = async (sql: Sql, text: string, values: unknown[] = []): Promise<number> =>
  (await sql.query(text, values)).rowCount ?? 0
