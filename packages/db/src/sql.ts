import type pg from 'pg'

/** What a query function needs: a pool, or the client of an open transaction. Rows come back as plain objects. */
export type Sql = Pick<pg.ClientBase, 'query'>

/** The client of an open transaction. Queries that must not run alone ask for it. */
export type Tx = Sql & { readonly inTransaction: true }

/** Statements about the rows of one shop. Each says `organization_id = $1` with it: nothing else keeps shops apart. */
export type ShopSql = Sql & { readonly organizationId: string }

/** The open transaction of one shop. */
export type ShopTx = Tx & ShopSql

/** SQL; with a name, each connection reads and plans it once. Worth it for the few statements that run all the time. */
export type Statement = string | { name: string; text: string }

const query = <Row extends object>(sql: Sql, statement: Statement, values: unknown[]) =>
  sql.query<Row>(typeof statement === 'string' ? { text: statement, values } : { ...statement, values })

/** All rows of one statement. */
export const rows = async <Row extends object>(
  sql: Sql,
  statement: Statement,
  values: unknown[] = [],
): Promise<Row[]> => (await query<Row>(sql, statement, values)).rows

/** The only row of a statement that has at most one. */
export const row = async <Row extends object>(
  sql: Sql,
  statement: Statement,
  values: unknown[] = [],
): Promise<Row | undefined> => (await rows<Row>(sql, statement, values))[0]

/** Runs a statement and tells how many rows it touched. */
export const run = async (sql: Sql, statement: Statement, values: unknown[] = []): Promise<number> =>
  (await query(sql, statement, values)).rowCount ?? 0

/** Runs a statement in which `:field` stands for that field of the row, and tells how many rows it touched. */
export const runRow = (sql: Sql, { name, text }: { name: string; text: string }, row: object): Promise<number> => {
  const values = new Map(Object.entries(row))
  const fields: string[] = []
  const numbered = text.replace(/(?<!:):([a-z]\w*)/g, (_, field: string) => {
    if (!values.has(field)) throw new RangeError(`The statement ${name} needs the field ${field}.`)
    if (!fields.includes(field)) fields.push(field)
    return `$${fields.indexOf(field) + 1}`
  })
  return run(
    sql,
    { name, text: numbered },
    fields.map((field) => values.get(field)),
  )
}
