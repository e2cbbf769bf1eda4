import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/privacy.md'), 'utf8')

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const names = async (text: string) => (await db.pool.query<{ name: string }>(text)).rows.map(({ name }) => name)

test('the page about personal data names every table, and every column that holds a hash or a text of someone', async () => {
  const tables = await names(`select table_name as name from information_schema.tables where table_schema = 'public'`)
  expect(tables.filter((table) => !page.includes(`\`${table}\``))).toEqual([])
  const columns = await names(
    `select distinct column_name as name from information_schema.columns
      where table_schema = 'public' and (column_name like '%hmac' or column_name in ('events', 'order_number', 'order_folded', 'email'))`,
  )
  expect(columns.filter((column) => !page.includes(`\`${column}\``))).toEqual([])
})
