import { loadConfig } from '@jejak/config'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, connectReads, type Db } from '../connect.ts'
import { findTrackingDocuments } from '../queries/parcels/read-tracking.ts'
import { addHundredShops, interleave } from '../testing/hundred-shops.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { type Pgbouncer, pgbouncerBinary, startPgbouncer } from '../testing/start-pgbouncer.ts'
import { isDatabaseUnavailable } from '../unavailable.ts'
import { FenceError } from './session-as.ts'
import { type Way, waysTo } from './ways.ts'

if (!pgbouncerBinary) console.warn('PgBouncer is not installed: the tests through it did not run.')

describe.skipIf(!pgbouncerBinary)('through PgBouncer in transaction mode', () => {
  let database: TestDatabase
  let pooler: Pgbouncer
  let ids: string[]
  let ways: ReturnType<typeof waysTo>
  const opened: Pick<Db, 'close'>[] = []

  const optionsOf = (way: Way, poolMax: number) => ({
    ...{ ...way, poolMax, statementTimeoutMs: 10_000, connectTimeoutMs: 20_000 },
    ...{ applicationName: 'jejak-test-pooled', onError: () => undefined },
  })
  const open = (way: Way, poolMax = 8): Db => {
    const db = connect(optionsOf(way, poolMax))
    opened.push(db)
    return db
  }

  beforeAll(async () => {
    database = await createTestDatabase()
    ids = await addHundredShops(database)
    pooler = await startPgbouncer(pgbouncerBinary!, database.url)
    const config = loadConfig({
      ...{ SECRET_KEY: 'a secret that only tests know, 32 bytes', DATABASE_URL: pooler.url },
      ...{ DATABASE_DIRECT_URL: database.url, DATABASE_PREPARED: String(pooler.isPrepared) },
    })
    ways = waysTo(config.database, pooler.url)
  })
  afterAll(async () => {
    await Promise.all(opened.map(({ close }) => close()))
    await pooler?.stop()
    await database?.drop()
  })

  test('a hundred shops that share two sessions never see or change a row of another', async () => {
    const seen = await interleave(open(ways.usual('shop')), { ids, transactions: 2_000, atOnce: 8 })
    expect(seen).toMatchObject({ foreignRows: 0, foreignWrites: 0 })
    expect(seen.rows).toBeGreaterThan(5_000)
    expect([seen.refused, seen.failed].every((some) => some > 100)).toBe(true)
  }, 180_000)

  test('each role does its work: public reads with their named statement, look-ups, sign-in, and Prisma', async () => {
    const reads = connectReads(optionsOf(ways.usual('public'), 4))
    opened.push(reads)
    for (let round = 0; round < 12; round += 1) await findTrackingDocuments(reads.sql, ['600000001001'])
    expect((await open(ways.usual('lookup')).sql.query('select id from tracking_orders')).rowCount).toBe(300)
    expect((await open(ways.usual('access')).sql.query('select from users')).rowCount).toBe(0)
    expect(await (await open(ways.usual('worker')).prisma()).organization.count()).toBe(100)
  })

  test('an alias that gives sessions no role is refused, and so is one of another role', async () => {
    const shop = ways.usual('shop')
    for (const url of [pooler.bareUrl, pooler.url.replace('{role}', 'worker')])
      await expect(open({ ...shop, url }).sql.query('select 1')).rejects.toThrow(FenceError)
  })

  test('start-up parameters are refused at once, not waited for as a database that is away', async () => {
    const way = { ...ways.usual('shop'), isPooled: false }
    const refused = await open(way)
      .sql.query('select 1')
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ message: expect.stringContaining('unsupported startup parameter') })
    expect(isDatabaseUnavailable(refused)).toBe(false)
  })
})
