import { loadConfig } from '@jejak/config'
import { connectTest, createTestDatabase } from '@jejak/db/testing'
import { expect, test } from 'vitest'
import { prepareInstallation } from './prepare-installation.ts'

const config = loadConfig({
  SECRET_KEY: 'a secret that only tests know, 32 bytes',
  EASYPARCEL_CLIENT_ID: 'demo',
  EASYPARCEL_CLIENT_SECRET: 'demo-secret',
  EASYPARCEL_REFRESH_TOKEN: 'demo-refresh-token',
})

test('many processes that start at once on an empty database agree on one shop and one EasyParcel account', async () => {
  const database = await createTestDatabase()
  const starting = Array.from({ length: 12 }, () => connectTest(database.url, { connectTimeoutMs: 10_000 }))
  try {
    // Connections first, so that the statements of all meet.
    await Promise.all(starting.map((db) => db.sql.query('select 1')))
    const installations = await Promise.all(starting.map((db) => prepareInstallation(db, config)))
    expect(new Set(installations.map((one) => JSON.stringify(one))).size).toBe(1)
    const { rows } = await database.pool.query(
      'select (select count(*)::int from organizations) as shops, (select count(*)::int from connections) as accounts',
    )
    expect(rows).toEqual([{ shops: 1, accounts: 1 }])
  } finally {
    await Promise.all(starting.map((db) => db.close()))
    await database.drop()
  }
})

test('the first user who gave up the rights and the e-mail address does not come back as owner at the next start', async () => {
  const database = await createTestDatabase()
  const db = connectTest(database.url, { connectTimeoutMs: 10_000 })
  const email = 'boss@kedai.example'
  const withAdmin = loadConfig({
    ...{
      SECRET_KEY: 'a secret that only tests know, 32 bytes',
      ADMIN_EMAIL: email,
      ADMIN_PASSWORD: 'three cups of teh tarik',
    },
  })
  const users = () => database.pool.query('select email, is_operator from users order by id').then(({ rows }) => rows)
  try {
    await prepareInstallation(db, withAdmin)
    expect(await users()).toEqual([{ email, is_operator: true }])
    await database.pool.query(`update users set email = 'elsewhere@kedai.example', is_operator = false`)
    await prepareInstallation(db, withAdmin)
    expect(await users()).toEqual([{ email: 'elsewhere@kedai.example', is_operator: false }])
  } finally {
    await db.close()
    await database.drop()
  }
})
