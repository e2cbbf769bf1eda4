import { loadConfig } from '@jejak/config'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrateAndChooseMode, openDatabase } from './prepare-database.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase({ empty: true })
})
afterEach(() => database.drop())

/** A way to the database that gives sessions their role, and on which no table can be made, as behind a pooler no lock of a session holds. */
const pooled = (url: string): string =>
  `${url}${url.includes('?') ? '&' : '?'}options=-c%20role%3Djejak_{role}%20-c%20default_transaction_read_only%3Don`
const configOf = (env: Record<string, string>) => loadConfig({ SECRET_KEY: 'x'.repeat(32), ...env })

test('tables and queue are brought up to date round the pooler, over DATABASE_DIRECT_URL', async () => {
  const url = pooled(database.url)
  const base = configOf({ DATABASE_URL: url, DATABASE_DIRECT_URL: database.url })
  const { db, ownerDb } = await openDatabase(base, { url })
  try {
    const { applied, isDemo } = await migrateAndChooseMode(db, { base, url, asked: undefined })
    expect(applied.length).toBeGreaterThan(0)
    expect(isDemo).toBe(true)
    expect((await db.sql.query('select from pgboss.version')).rowCount).toBe(1)
    await expect(db.sql.query('create table none ()')).rejects.toThrow('read-only')
  } finally {
    await Promise.all([db.close(), ownerDb.close()])
  }
})

test('without one, over DATABASE_URL itself', async () => {
  const base = configOf({ DATABASE_URL: database.url, EASYPARCEL_API_KEY: 'real' })
  const { db, ownerDb } = await openDatabase(base, { url: database.url })
  try {
    const { isDemo } = await migrateAndChooseMode(db, { base, url: database.url, asked: undefined })
    expect(isDemo).toBe(false)
  } finally {
    await Promise.all([db.close(), ownerDb.close()])
  }
})
