import { createHash } from 'node:crypto'
import pg from 'pg'
import { withoutValues } from './without-values.ts'

/** A row of a database that is not ours, each value as that database writes it. */
export type ForeignRow = Record<string, string | null>

/** Why a database that is not ours cannot be read, in one sentence without its address or a value of it. */
export class ForeignTableError extends Error {
  override readonly name = 'ForeignTableError'
}

export type ForeignTable = {
  /** Names the database, without user and password. */
  hash: string
  columns: readonly string[]
  rows: number
  /** The rows behind this key, in the order of their keys, each once. */
  read: (afterKey: string | null) => AsyncGenerator<ForeignRow>
  close: () => Promise<void>
}

type Opening = { url: string; query: string; key: string; statementTimeoutMs: number; connectTimeoutMs: number }

const rowsAtOnce = 500
const asText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const cannot = (why: string): ForeignTableError => new ForeignTableError(`The source cannot be read: ${why}.`)

/** Says what a person can act on: what the server says of the query, or the code of what went wrong. */
const toSentence = (error: unknown): ForeignTableError => {
  const { message, code } = withoutValues(error as Error) as Error & { code?: string }
  const isTellable = error instanceof pg.DatabaseError || code !== undefined
  return cannot(isTellable ? message : /timeout/i.test(message) ? 'it did not answer in time' : 'the connection ended')
}

/** With a value, so that it is one statement, whatever it holds. */
const ask = async (client: pg.Client, text: string, value: unknown): Promise<pg.QueryResult> => {
  try {
    return await client.query({ text, values: [value], types: asText })
  } catch (error) {
    throw toSentence(error)
  }
}

const createClient = ({ url, statementTimeoutMs, connectTimeoutMs }: Opening): pg.Client => {
  const noAddress = cannot('its address is not one')
  if (!/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? '')) throw noAddress
  try {
    return new pg.Client({
      connectionString: url,
      application_name: 'jejak-migrate-from',
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: statementTimeoutMs + 1_000,
      keepAlive: true,
    })
  } catch {
    throw noAddress
  }
}

const connectTo = async (opening: Opening): Promise<pg.Client> => {
  const client = createClient(opening)
  try {
    // Whoever reads at that moment is told by the statement.
    client.on('error', () => {})
    await client.connect()
    return client
  } catch (error) {
    throw toSentence(error)
  }
}

/**
 * Opens what a query gives in a database that is not ours, for one transaction that only reads and sees it as it was at its beginning. A cursor
 * brings some rows at a time, in the order of `key`, which every row has.
 */
export const openForeignTable = async (opening: Opening): Promise<ForeignTable> => {
  const client = await connectTo(opening)
  const close = () => client.end().catch(() => {})
  try {
    const source = `(${opening.query.trim().replace(/;\s*$/, '')}\n) as source`
    const key = `source.${quoted(opening.key)}`
    await client.query('begin isolation level repeatable read read only')
    await client.query(
      `set local statement_timeout = ${Math.round(opening.statementTimeoutMs)}; set local idle_in_transaction_session_timeout = 0;
       set local datestyle = 'ISO'; set local timezone = 'UTC'`,
    )
    const { fields } = await ask(client, `select * from ${source} limit $1`, 0)
    const columns = fields.map(({ name }) => name)
    if (!columns.includes(opening.key))
      throw new ForeignTableError(`The query gives no column ${opening.key}. Its columns are: ${columns.join(', ')}.`)
    const counted = await ask(client, `select count(*) as rows, count(${key}) as keyed from ${source} limit $1`, 1)
    const [{ rows, keyed }] = counted.rows as [{ rows: string; keyed: string }]
    if (rows !== keyed)
      throw new ForeignTableError(
        `${Number(rows) - Number(keyed)} rows have no ${opening.key}: leave them out of the query.`,
      )
    const { host, port, database } = client
    return {
      hash: createHash('sha256')
        .update(JSON.stringify([host, port, database]))
        .digest('hex'),
      columns,
      rows: Number(rows),
      read: (afterKey) => readBehind(client, { source, key, name: opening.key, afterKey }),
      close,
    }
  } catch (error) {
    await close()
    throw error instanceof ForeignTableError ? error : toSentence(error)
  }
}

type Reading = { source: string; key: string; name: string; afterKey: string | null }

async function* readBehind(client: pg.Client, { source, key, name, afterKey }: Reading): AsyncGenerator<ForeignRow> {
  const behind = afterKey === null ? '$1::text is null' : `${key} > $1`
  await ask(
    client,
    `declare jejak_rows no scroll cursor for select * from ${source} where ${behind} order by ${key}`,
    afterKey,
  )
  let last = afterKey
  for (;;) {
    const { rows } = await client
      .query<ForeignRow>({ text: `fetch ${rowsAtOnce} from jejak_rows`, types: asText })
      .catch((error) => {
        throw toSentence(error)
      })
    if (rows.length === 0) break
    for (const row of rows) {
      if (row[name] === last)
        throw new ForeignTableError(
          `The column ${name} has the same value in several rows. Give one that each row has for itself.`,
        )
      last = row[name] ?? null
      yield row
    }
  }
  await client.query('close jejak_rows')
}
