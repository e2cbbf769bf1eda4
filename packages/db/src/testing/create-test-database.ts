import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'
import { TEST_ROLE, testUrl } from './template.ts'
import { withClient } from './with-client.ts'

export type TestDatabase = {
  readonly url: string
  readonly pool: pg.Pool
  /** Closes the pool and removes the database, whoever is still connected. */
  readonly drop: () => Promise<void>
}

const TRIES_MAX = 20
const IN_USE = '55006'

const isInUse = (error: unknown) => error instanceof pg.DatabaseError && error.code === IN_USE

/** Autovacuum now and then sits in the template, which cannot be copied while anyone does. */
const clone = async (admin: pg.Client, name: string, template: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await admin.query(`create database ${name} template ${template} owner ${TEST_ROLE}`)
      return
    } catch (error) {
      if (!isInUse(error) || attempt === TRIES_MAX) throw error
      await wait(50 * attempt)
    }
  }
}

/** A migrated, empty database of one's own; `empty: true` gives one without any table. Call `drop` in `afterAll`. */
export const createTestDatabase = async ({ empty = false } = {}): Promise<TestDatabase> => {
  const { adminUrl, template } = inject('postgres')
  const name = `jejak_test_${randomBytes(6).toString('hex')}`
  await withClient(adminUrl, (admin) => clone(admin, name, empty ? 'template0' : template))
  const url = testUrl(adminUrl, name)
  const pool = new pg.Pool({ connectionString: url, max: 20, connectionTimeoutMillis: 10_000 })
  // A session that `drop` cuts off is no news.
  pool.on('error', () => {})
  return {
    url,
    pool,
    drop: async () => {
      await pool.end()
      await withClient(adminUrl, (admin) => admin.query(`drop database if exists ${name} with (force)`))
    },
  }
}
