import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { ensureAppPassword } from './cluster.ts'
import type { Place } from './place.ts'
import { type RunningServer, urlOf } from './running-server.ts'

const ROLE = 'jejak_app'
const sqlFile = new URL('../app-role.sql', import.meta.url)

const withSuperuser = async (url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

const isThereAlready = (error: unknown) =>
  error instanceof pg.DatabaseError && ['42P04', '23505'].includes(error.code ?? '')

const createDatabase = (client: pg.Client, database: string) =>
  client.query(`create database ${database}`).catch((error) => {
    if (!isThereAlready(error)) throw error
  })

/**
 * Makes the database, and hands it over, with all that is in it, to a role that is no superuser: what Jejak works as. Returns that role's URL.
 * One that the release before wrote is handed over at its next start.
 */
export const ensureDatabase = async (
  server: RunningServer,
  { place, database }: { place: Place; database: string },
): Promise<string> => {
  await withSuperuser(urlOf({ ...server, database: 'postgres' }), (client) => createDatabase(client, database))
  let password = ''
  await withSuperuser(urlOf({ ...server, database }), async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [ROLE])
    password = await ensureAppPassword(place)
    await client.query(`select set_config('jejak.app_password', $1, false)`, [password])
    await client.query(await readFile(sqlFile, 'utf8'))
  })
  return urlOf({ port: server.port, password, database, role: ROLE })
}
