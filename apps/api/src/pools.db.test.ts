import { loadConfig } from '@jejak/config'
import { prepareInstallation } from '@jejak/core/installing'
import { migrateQueue } from '@jejak/core/queue'
import type { Sql } from '@jejak/db'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPools } from './pools.ts'
import { type ApiWorld, createApiWorld } from './testing/api-world.ts'

const log = pino({ level: 'silent' })
const now = () => new Date()
let database: TestDatabase
let pools: ReturnType<typeof openPools>
const configOf = (extra: Record<string, string> = {}) =>
  loadConfig({ SECRET_KEY: 'a secret that only tests know, 32 bytes', DATABASE_URL: database.url, ...extra })

beforeAll(async () => {
  database = await createTestDatabase()
  await migrateQueue(database.url)
  const config = configOf()
  pools = openPools({ config, log, now })
  await prepareInstallation(pools.operatorDb, config)
  await database.pool.query(`insert into organizations (slug, name) values ('other', 'Other')`)
})
afterAll(async () => {
  await pools.close()
  await database.drop()
})

const roleOf = async (sql: Sql) => (await sql.query<{ role: string }>('select current_user as role')).rows[0]?.role
const shopsSeenBy = async (sql: Sql) => (await sql.query('select id from organizations')).rowCount

test('the API comes to its database as the role that each of its works needs', async () => {
  const { db, accessDb, lookupDb, operatorDb, reads } = pools
  const all = [db.ofShop('1').sql, accessDb.sql, lookupDb.sql, operatorDb.sql, reads]
  const roles = await Promise.all(all.map(roleOf))
  expect(roles).toEqual(['jejak_shop', 'jejak_access', 'jejak_lookup', 'jejak_worker', 'jejak_public'])
})

test('whoever acts for a shop sees that shop alone; visitors and sign-in can neither read tokens nor write parcels', async () => {
  const { db, accessDb, lookupDb, operatorDb, reads } = pools
  expect(await shopsSeenBy(db.ofShop('1').sql)).toBe(1)
  expect(await shopsSeenBy(operatorDb.sql)).toBe(2)
  for (const sql of [accessDb.sql, lookupDb.sql, reads]) {
    await expect(sql.query('select sealed_access_token from connections')).rejects.toThrow('permission denied')
    await expect(sql.query('update tracking_cache set courier = null')).rejects.toThrow('permission denied')
  }
  for (const table of ['users', 'sessions', 'user_totp', 'api_keys'])
    for (const sql of [lookupDb.sql, reads])
      await expect(sql.query(`select from ${table}`)).rejects.toThrow('permission denied')
  for (const table of ['tracking_cache', 'tracking_orders', 'tracking_schedule', 'connections'])
    await expect(accessDb.sql.query(`select from ${table}`)).rejects.toThrow('permission denied')
  await expect(db.ofShop('1').sql.query('select from api_keys')).rejects.toThrow('permission denied')
})

test('with FENCE=off each of them is the owner', async () => {
  const open = openPools({ config: configOf({ FENCE: 'off' }), log, now })
  expect(await roleOf(open.db.ofShop('1').sql)).toBe('jejak_test')
  expect(await roleOf(open.reads)).toBe('jejak_test')
  await open.close()
})

let world: ApiWorld | undefined
afterAll(() => world?.close())

test('with FENCE=off the API works all the same, and its health goes on saying so', async () => {
  world = await createApiWorld({ FENCE: 'off' })
  const authorization = `Bearer ${world.shop.key}`
  const payload = { trackingNumber: '630000000001' }
  const made = await world.app.inject({
    ...{ method: 'POST', url: '/v1/trackings', headers: { authorization }, payload },
  })
  expect(made.statusCode).toBe(201)
  expect((await world.app.inject({ url: '/v1/track/630000000001' })).statusCode).toBe(200)
  expect((await world.app.inject({ url: '/health/ready' })).json()).toEqual({ status: 'ok', fence: 'off' })
})
