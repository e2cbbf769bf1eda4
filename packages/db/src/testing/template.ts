import { createHash } from 'node:crypto'
import type pg from 'pg'
import { migrate } from '../migrate.ts'
import { type Migration, readMigrations } from '../read-migrations.ts'
import { withClient } from './with-client.ts'

/** The same server, another database. */
export const withDatabase = (url: string, database: string): string => {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

const nameOf = (migrations: readonly Migration[]): string => {
  const hash = createHash('sha256').update(migrations.map(({ name, checksum }) => name + checksum).join())
  return `jejak_template_${hash.digest('hex').slice(0, 12)}`
}

// A server set up without a locale stores SQL_ASCII by default, which our texts cannot be kept in.
const createEmpty = (client: pg.Client, name: string) =>
  client
    .query<{ encoding: string }>(`select current_setting('server_encoding') as encoding`)
    .then(({ rows }) => (rows[0]?.encoding === 'UTF8' ? '' : `template template0 encoding 'UTF8' locale 'C.UTF-8'`))
    .then((options) => client.query(`create database ${name} ${options}`))

/** Makes the migrated database that tests are cloned from, unless the server has it; its name tells the migrations. */
export const ensureTemplate = (adminUrl: string): Promise<string> =>
  withClient(adminUrl, async (admin) => {
    const name = nameOf(await readMigrations())
    const unfinished = `${name}_unfinished`
    await admin.query('select pg_advisory_lock(hashtext($1))', [name])
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
    if (rowCount) return name
    await admin.query(`drop database if exists ${unfinished} with (force)`)
    await createEmpty(admin, unfinished)
    await migrate({ url: withDatabase(adminUrl, unfinished), log: () => {} })
    await admin.query(`alter database ${unfinished} rename to ${name}`)
    return name
  })
