import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ShopSql } from '../../sql.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts'
import { listTrackings } from '../parcels/list-trackings.ts'
import { listLookupSeats, lookupSeats } from './order-lookup.ts'

const now = new Date('2026-11-22T02:00:00Z')
const aisyah = 'a'.repeat(64)
const bala = 'b'.repeat(64)
const zeros = '0'.repeat(64)
const seatOfNobody = {
  trackingId: null,
  orderId: null,
  emailHash: zeros,
  phoneHash: zeros,
  otherPhoneHash: zeros,
  isLocked: false,
}

let db: TestDatabase
let session: pg.Client
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.pool.query('truncate tracking_cache, connections, organizations, lookup_locks cascade')
  session = new pg.Client({ connectionString: db.url })
  await session.connect()
  return () => session.end()
})

/** A shop with an account and so many parcels; `order` is SQL with `i`, which counts from 1. */
const aShop = async (
  slug: string,
  parcels: number,
  order: string,
  phoneHash: string | null = null,
): Promise<string> => {
  const { rows } = await db.pool.query<{ id: string }>(
    `with shop as (insert into organizations (slug, name) values ($1::text, $1) returning id),
          account as (insert into connections (organization_id, api) select id, 'open' from shop returning id, organization_id),
          parcel as (
            insert into tracking_cache (organization_id, connection_id, tracking_number, order_number, contact_phone_hmac, document,
                                        document_version, registered_at, changed_at)
            select organization_id, id, (600000000000 + i)::text, ${order}, $2, '{}', 'first', $3, $3 from account, generate_series(1, $4::int) as i)
     select id from shop`,
    [slug, phoneHash, now, parcels],
  )
  return rows[0]!.id
}
const seatsOf = (foldedNumber: string, contactHash = aisyah, shop: string | null = null) =>
  listLookupSeats(session, {
    foldedNumber,
    contactHashes: [contactHash],
    shop,
    pairHash: aisyah,
    now,
    plausibleUntil: now,
  })
const matches = async (...asked: Parameters<typeof seatsOf>) =>
  (await seatsOf(...asked)).filter(({ phoneHash }) => phoneHash === (asked[1] ?? aisyah))

describe('seats', () => {
  test('are always as many, and those of the asked contact come first, however many shops share the number', async () => {
    for (let shop = 1; shop <= 60; shop += 1) await aShop(`shop-${shop}`, 1, `'#1001'`, shop === 1 ? aisyah : bala)
    const seats = await seatsOf('1001')
    expect(seats).toHaveLength(lookupSeats)
    expect(seats.findIndex(({ phoneHash }) => phoneHash === aisyah)).toBe(0)
    expect(seats.every(({ trackingId }) => trackingId !== null)).toBe(true)
    expect(await seatsOf('NOSUCH')).toEqual(Array(lookupSeats).fill(seatOfNobody))
    expect(await matches('1001', aisyah, 'shop-2')).toEqual([])
    expect(await matches('1001', aisyah, 'shop-1')).toHaveLength(1)
  })

  test('hold all parcels of an order, up to fifty', async () => {
    await aShop('big', 40, `'KL-7'`, aisyah)
    expect(await matches('KL-7')).toHaveLength(40)
  })

  test('are shared in turn by shops that have the same buyer and number, however many parcels one of them has', async () => {
    await aShop('small', 2, `'KL-7'`, aisyah)
    const crowd = await aShop('crowd', 3_000, `'kl-7'`, aisyah)
    const ids = (await matches('KL-7')).map(({ trackingId }) => trackingId)
    const { rows } = await db.pool.query('select id from tracking_cache where organization_id <> $1', [crowd])
    expect(ids).toHaveLength(lookupSeats)
    expect(ids).toEqual(expect.arrayContaining(rows.map(({ id }) => id)))
  })
})

describe('in a shop of many parcels', () => {
  let organizationId: string
  beforeEach(async () => {
    organizationId = await aShop('first', 5_000, `'#Kedai-' || i`, aisyah)
    await db.pool.query('analyze tracking_cache, tracking_orders, organizations, lookup_locks')
  })
  /** How often the index on order numbers was used by what `work` asks in this session. */
  const indexUses = async (work: () => Promise<unknown>): Promise<number> => {
    const count = async () => {
      await session.query('select pg_stat_force_next_flush()')
      const uses = `select idx_scan::int as uses from pg_stat_user_indexes where indexrelname = 'tracking_orders_folded'`
      return (await session.query<{ uses: number }>(uses)).rows[0]!.uses
    }
    const before = await count()
    await work()
    return (await count()) - before
  }

  test('a look-up is planned five times by a connection and never again, whether its order is there or not', async () => {
    for (let round = 0; round < 20; round += 1)
      await seatsOf(round % 2 ? `KEDAI-${round}` : `NO-${round}`, aisyah, round % 3 ? null : 'first')
    const { rows } = await session.query(
      `select custom_plans::int as custom, generic_plans::int as generic from pg_prepared_statements where name = 'lookup-seats'`,
    )
    expect(rows).toEqual([{ custom: 5, generic: 15 }])
  })

  test('a look-up finds its order by the index, before and after it is planned for good', async () => {
    expect(
      await indexUses(async () => {
        for (let round = 0; round < 10; round += 1) expect(await matches('KEDAI-77')).toHaveLength(1)
      }),
    ).toBe(10)
  })

  test('the shop’s list finds an order by the same index', async () => {
    const list = (orderFolded: string) =>
      listTrackings({ query: session.query.bind(session), organizationId } as ShopSql, {
        orderFolded,
        sort: '-changed',
        limit: 50,
      })
    expect(
      await indexUses(async () => expect(await list('KEDAI-77')).toMatchObject([{ trackingNumber: '600000000077' }])),
    ).toBe(1)
    expect(await list('KEDAI-7700')).toEqual([])
  })
})
