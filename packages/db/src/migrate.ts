import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Migration, readMigrations } from './read-migrations.ts'

/** The schema cannot be brought up to date; the message is one sentence for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

export type MigrateOptions = {
  /** A direct connection: behind a pooler the session-wide lock does not hold. */
  readonly url: string
  readonly log: (line: string) => void
  /** Others than Jejak's own, which are followed by the fence between shops. */
  readonly migrations?: readonly Migration[]
  /** False for FENCE=off. */
  readonly isFenced?: boolean
  /** How long to wait for another migrator to finish. */
  readonly lockTimeoutMs?: number
  /** How long a migration waits for tables that others use, and how often it tries: all who come after it wait with it. */
  readonly tables?: { readonly waitMs: number; readonly tries: number; readonly pauseMs: number }
}

// The number under which Prisma's own migrate locks, so that the two never run at once.
const PRISMA_LOCK = 72707369
const POSTGRES_MIN = 150_000

const bookkeeping = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`

type Entry = { name: string; checksum: string; isFinished: boolean }

const listEntries = async (client: pg.Client): Promise<Map<string, Entry>> => {
  const { rows } = await client.query<Entry>(`
    select migration_name as name, checksum, finished_at is not null as "isFinished"
      from _prisma_migrations where rolled_back_at is null order by started_at`)
  return new Map(rows.map((entry) => [entry.name, entry]))
}

const refuse = (migration: Migration, entry: Entry): void => {
  if (!entry.isFinished) {
    throw new MigrationError(
      `Migration ${migration.name} failed half-way when the Prisma CLI ran it: repair the database, then tell it with "prisma migrate resolve".`,
    )
  }
  if (entry.checksum !== migration.checksum) {
    throw new MigrationError(
      `Migration ${migration.name} was changed after it had been applied to this database: restore the file and put the change into a new migration.`,
    )
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error))

const lineOf = (sql: string, error: unknown): string => {
  const position = error instanceof pg.DatabaseError ? Number(error.position) : Number.NaN
  return Number.isNaN(position) ? '' : ` in line ${sql.slice(0, position).split('\n').length}`
}

// A lock that came too late, or would have come in a circle.
const tablesInUse = ['55P03', '40P01']
const isTableInUse = (error: unknown): boolean =>
  error instanceof MigrationError &&
  error.cause instanceof pg.DatabaseError &&
  tablesInUse.includes(error.cause.code ?? '')

type Step = { name: string; take: (waitMs: number) => Promise<void> }

const takeWhenFree = async ({ name, take }: Step, options: MigrateOptions): Promise<void> => {
  const { waitMs, tries, pauseMs } = options.tables ?? { waitMs: 3_000, tries: 60, pauseMs: 2_000 }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await take(waitMs)
    } catch (error) {
      if (!isTableInUse(error)) throw error
      if (attempt >= tries)
        throw new MigrationError(
          `${name} found its tables in use ${tries} times: end what holds them for long (pg_stat_activity), then start it again.`,
          { cause: error },
        )
      if (attempt === 1) options.log(`${name} waits for a moment in which its tables are free`)
      await pause(pauseMs)
    }
  }
}

const inTransaction = async (client: pg.Client, waitMs: number, work: () => Promise<unknown>): Promise<void> => {
  await client.query('begin')
  try {
    await client.query(`select set_config('lock_timeout', $1, true)`, [`${waitMs}ms`])
    await work()
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

const apply = (client: pg.Client, { name, sql, checksum }: Migration, waitMs: number): Promise<void> =>
  inTransaction(client, waitMs, async () => {
    await client.query(sql)
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    )
  }).catch((cause) => {
    throw new MigrationError(`Migration ${name} failed${lineOf(sql, cause)}: ${messageOf(cause)}`, { cause })
  })

const fenceFile = new URL('./fence/fence.sql', import.meta.url)
const notAllowed = '42501'

const raiseFence = async (client: pg.Client, waitMs: number): Promise<void> => {
  const sql = await readFile(fenceFile, 'utf8')
  await inTransaction(client, waitMs, () => client.query(sql)).catch((cause) => {
    const isToldWell = cause instanceof pg.DatabaseError && cause.code === notAllowed
    throw new MigrationError(isToldWell ? cause.message : `The fence between shops failed: ${messageOf(cause)}`, {
      cause,
    })
  })
}

const lock = async (client: pg.Client, timeoutMs: number): Promise<void> => {
  await client.query(`select set_config('lock_timeout', $1, false)`, [`${timeoutMs}ms`])
  await client.query('select pg_advisory_lock($1)', [PRISMA_LOCK]).catch((cause) => {
    if (cause instanceof pg.DatabaseError && cause.code === '55P03') {
      throw new MigrationError('Another process is migrating this database and does not finish.', { cause })
    }
    throw cause
  })
  await client.query(`set lock_timeout = 0`)
}

const open = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'jejak-migrate',
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (cause) {
    const why = cause instanceof AggregateError ? cause.errors.map(messageOf).join(', ') : messageOf(cause)
    throw new MigrationError(`The database cannot be reached: ${why}`, { cause })
  }
}

const checkVersion = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ version: number; shown: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as shown`,
  )
  const server = rows[0]
  if (server && server.version >= POSTGRES_MIN) return
  throw new MigrationError(`Jejak needs PostgreSQL 15 or newer, and this server is ${server?.shown}.`)
}

const applyPending = async (client: pg.Client, options: MigrateOptions): Promise<string[]> => {
  const migrations = options.migrations ?? (await readMigrations())
  await client.query(bookkeeping)
  const entries = await listEntries(client)
  for (const migration of migrations) {
    const entry = entries.get(migration.name)
    if (entry) refuse(migration, entry)
  }
  const pending = migrations.filter(({ name }) => !entries.has(name))
  for (const migration of pending) {
    const take = (waitMs: number) => apply(client, migration, waitMs)
    await takeWhenFree({ name: `Migration ${migration.name}`, take }, options)
    options.log(`Migration ${migration.name} applied`)
  }
  // A newer release that is here already has raised its own, which knows more tables.
  const isOfThisRelease = [...entries.keys()].every((known) => migrations.some(({ name }) => name === known))
  if (!options.migrations && options.isFenced !== false && isOfThisRelease)
    await takeWhenFree({ name: 'The fence between shops', take: (waitMs) => raiseFence(client, waitMs) }, options)
  return pending.map(({ name }) => name)
}

/**
 * Brings the database up to the newest migration, each in its own transaction, under Prisma's table and lock, and raises the fence between shops;
 * returns the names of the migrations it applied. Migrations of a newer release that are already there are left alone. Throws `MigrationError`.
 */
export const migrate = async (options: MigrateOptions): Promise<string[]> => {
  const client = await open(options.url)
  try {
    await checkVersion(client)
    await lock(client, options.lockTimeoutMs ?? 60_000)
    return await applyPending(client, options)
  } finally {
    await client.end()
  }
}
