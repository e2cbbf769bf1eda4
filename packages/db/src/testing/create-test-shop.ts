import type { Db } from '../connect.ts'
import { detailTypes } from '../queries/parcels/parcel-row.ts'
import { insertTrackings } from '../queries/parcels/write-parcels.ts'
import { connectTest } from './connect-test.ts'
import { createTestDatabase } from './create-test-database.ts'

/** A shop with one EasyParcel connection. */
export type TestShop = { organizationId: string; connectionId: string }

export type TestShops = TestShop & {
  db: Db
  /** The rows of one statement. */
  query: <Row extends object>(text: string, values?: unknown[]) => Promise<Row[]>
  /** Registers parcels, by default of the first shop; returns their ids in the order of the numbers. */
  register: (trackingNumbers: readonly string[], at: Date, shop?: TestShop) => Promise<string[]>
  /** Changes the schedule of some parcels: `set` is SQL, its values start at `$2`. */
  reschedule: (trackingIds: readonly string[], set: string, values?: unknown[]) => Promise<unknown>
  addShop: (slug: string) => Promise<TestShop>
  close: () => Promise<void>
}

/** Tracking numbers, each like no other. */
export const numbers = (amount: number, from = 0): string[] =>
  Array.from({ length: amount }, (_, place) => String(630_000_000_000 + from + place))

const noDetails = Object.fromEntries(Object.keys(detailTypes).map((name) => [name, null])) as {
  [Name in keyof typeof detailTypes]: null
}

/** A parcel as a shop registers it, with a document that says nothing. */
export const aParcel = (trackingNumber: string) => ({
  trackingNumber,
  ...noDetails,
  ...{ orderNumber: null, orderFolded: null, contactEmailHmac: null, contactPhoneHmac: null, contactPhone2Hmac: null },
  contactKeyId: null,
  document: '{}',
  documentVersion: 'first',
})

const addShop = async (db: Db, slug: string): Promise<TestShop> => {
  const { rows } = await db.sql.query<TestShop>(
    `with shop as (insert into organizations (slug, name) values ($1, $1) returning id)
     insert into connections (organization_id, api) select id, 'open' from shop
     returning organization_id as "organizationId", id as "connectionId"`,
    [slug],
  )
  return rows[0]!
}

/** A migrated database of its own with one shop in it. */
export const createTestShop = async (): Promise<TestShops> => {
  const database = await createTestDatabase()
  const db = connectTest(database.url, { poolMax: 20 })
  const shop = await addShop(db, 'first')
  return {
    ...shop,
    db,
    query: async (text, values) => (await db.sql.query(text, values)).rows,
    register: async (trackingNumbers, now, { organizationId, connectionId } = shop) => {
      const trackings = trackingNumbers.map(aParcel)
      const rows = await db.transaction((tx) => insertTrackings(tx, { organizationId, connectionId, now, trackings }))
      const ids = new Map(rows.map(({ trackingNumber, id }) => [trackingNumber, id]))
      return trackingNumbers.map((trackingNumber) => ids.get(trackingNumber)!)
    },
    reschedule: (trackingIds, set, values = []) =>
      db.sql.query(`update tracking_schedule set ${set} where tracking_id = any ($1)`, [trackingIds, ...values]),
    addShop: (slug) => addShop(db, slug),
    close: async () => {
      await db.close()
      await database.drop()
    },
  }
}
