import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '../connect.ts'
import { addHundredShops, interleave } from '../testing/hundred-shops.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { FenceError, type SessionRole } from './session-as.ts'

let database: TestDatabase
let ids: string[]
const opened: Db[] = []

const open = (as: SessionRole, url = database.url, poolMax = 2): Db => {
  const limits = { poolMax, statementTimeoutMs: 10_000, connectTimeoutMs: 20_000 }
  const db = connect({ ...limits, url, as, applicationName: 'jejak-test-fence', onError: () => undefined })
  opened.push(db)
  return db
}

beforeAll(async () => {
  database = await createTestDatabase()
  ids = await addHundredShops(database)
})
afterAll(async () => {
  await Promise.all(opened.map(({ close }) => close()))
  await database.drop()
})

test('a hundred shops at work over two sessions, with errors, rollbacks and cancelled statements between, never see or change a row of another', async () => {
  const seen = await interleave(open('shop'), { ids, transactions: 3_000, atOnce: 8 })
  expect(seen).toMatchObject({ foreignRows: 0, foreignWrites: 0 })
  expect(seen.rows).toBeGreaterThan(10_000)
  expect([seen.refused, seen.failed].every((some) => some > 250)).toBe(true)
  const { rows } = await database.pool.query(
    `select count(*)::int as strangers from tracking_cache where courier is distinct from organization_id::text and courier is not null`,
  )
  expect(rows).toEqual([{ strangers: 0 }])
}, 180_000)

test('who says no shop finds nothing, and no error', async () => {
  const db = open('shop')
  for (const table of ['tracking_cache', 'tracking_orders', 'connections', 'organizations', 'audit_log'])
    expect((await db.sql.query(`select from ${table}`)).rowCount).toBe(0)
  expect((await db.transaction((tx) => tx.query('select from tracking_cache'))).rowCount).toBe(0)
})

test('a shop is named by its id and nothing else', () => {
  expect(() => open('shop').ofShop(`1'; set role none; --`)).toThrow('by its id')
})

test.each<[string, SessionRole, string]>([
  ['a shop’s session that is the owner’s', 'shop', ''],
  ['a shop’s session that is the worker’s', 'shop', 'jejak_worker'],
  ['a visitor’s session that is a shop’s', 'public', 'jejak_shop'],
  ['a session of look-ups that is that of sign-in', 'lookup', 'jejak_access'],
  ['a session of sign-in that is the worker’s', 'access', 'jejak_worker'],
  ['a worker’s session that is the owner’s', 'worker', ''],
])('%s is refused, by our own pool and by that of Prisma', async (_, as, role) => {
  const url = new URL(database.url)
  // What stands in the address goes before what the pool asks for.
  url.searchParams.set('options', role === '' ? '-c application_name=other' : `-c role=${role}`)
  const db = open(as, url.href)
  await expect(db.sql.query('select from tracking_cache')).rejects.toThrow(FenceError)
  await expect(db.ofShop('1').transaction((tx) => tx.query('select 1'))).rejects.toThrow(FenceError)
  await expect((await db.prisma()).organization.count()).rejects.toThrow(/to the database/)
})

test('the pool of Prisma is behind the fence, too', async () => {
  expect(await (await open('shop').prisma()).organization.count()).toBe(0)
  expect(await (await open('worker').prisma()).organization.count()).toBe(100)
})

test('without the fence the same statements go on as the owner’s', async () => {
  const { sql, transaction } = open('owner').ofShop(ids[0]!)
  expect((await sql.query('select from organizations')).rowCount).toBe(100)
  expect((await transaction((tx) => tx.query('select from organizations'))).rowCount).toBe(100)
})
