import type pg from 'pg'

/** What a query function needs: a pool, or the client of an open transaction. Rows come back as plain objects. */
export type Sql = Pick<pg.ClientBase, 'query'>

/** The client of an open transaction. Queries that must not run alone ask for it. */
export type Tx = Sql & { readonly inTransaction: true }

/** Statements about the rows of one shop. Each says `organization_id = $1` with it: nothing else keeps shops apart. */
export type ShopSql = Sql & { readonly organizationId: string }

/** The open transaction of one shop. */
export type ShopTx = Tx & ShopSql

/** SQL with a name: each connection reads and plans it once. Worth it for the few statements that run all the time. */
export type NamedSql = { name: string; text: string }

/** SQL, with what stands for `$1`, `$2` … in it. */
export type Statement = string | { name?: string; text: string; values?: unknown[] }

/** All rows of one statement. */
export const rows = async <Row extends object>(sql: Sql, statement: Statement): Promise<Row[]> =>
  (await sql.query<Row>(statement)).rows

/** The only row of a statement that has at most one. */
export const row = async <Row extends object>(sql: Sql, statement: Statement): Promise<Row | undefined> =>
  (await rows<Row>(sql, statement))[0]

/** Runs a statement and tells how many rows it touched. */
export const run = async (sql: Sql, statement: Statement): Promise<number> => (await sql.query(statement)).rowCount ?? 0

/** Runs a statement in which `:field` stands for that field of the row, and tells how many rows it touched. */
export const runRow = (sql: Sql, { name, text, row }: NamedSql & { row: object }): Promise<number> => {
  const fieldValues = new Map(Object.entries(row))
  const fields: string[] = []
  const numbered = text.replace(/(?<!:):([a-z]\w*)/g, (_, field: string) => {
    if (!fieldValues.has(field)) throw new RangeError(`The statement ${name} needs the field ${field}.`)
    if (!fields.includes(field)) fields.push(field)
    return `$${fields.indexOf(field) + 1}`
  })
  return run(sql, { name, text: numbered, values: fields.map((field) => fieldValues.get(field)) })
}
