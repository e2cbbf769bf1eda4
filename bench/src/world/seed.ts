import { loadConfig } from '@jejak/config'
import { prepareInstallation } from '@jejak/core/installing'
import { renderDocument } from '@jejak/core/parcels'
import type { SecretKeys } from '@jejak/core/secrets'
import { connect, type Db } from '@jejak/db'
import { environmentOf } from './world.ts'

export type SeededShop = {
  db: Db
  organizationId: string
  connectionId: string
  secretKeys: SecretKeys
  isDemo: boolean
}

/** The first tracking number; the others follow it one by one. */
export const firstNumber = 630_000_000_001

const placeholder = '600000000000'
const hourMs = 3_600_000

/** The shop and connection that every installation has. Close `db` when done. */
export const openShop = async (url: string): Promise<SeededShop> => {
  const db = connect({
    as: 'owner',
    url,
    poolMax: 8,
    statementTimeoutMs: 600_000,
    connectTimeoutMs: 10_000,
    applicationName: 'jejak-bench',
    onError: () => undefined,
  })
  return { db, ...(await prepareInstallation(db, loadConfig(environmentOf(url)))) }
}

const steps = [
  ['info_received', null, 'Shipment information received', null],
  ['collected', null, 'Parcel picked up by courier', 'Kuching'],
  ['in_transit', 'arrived', 'Arrived at KUCHING hub, handled by Mohd Faiz', 'Kuching'],
  ['in_transit', 'departed', 'Departed from KUCHING hub', 'Kuching'],
  ['in_transit', 'arrived', 'Arrived at KLIA air cargo hub', 'Sepang'],
  ['in_transit', 'departed', 'Departed from KLIA air cargo hub', 'Sepang'],
  ['in_transit', 'arrived', 'Arrived at SHAH ALAM sorting centre', 'Shah Alam'],
  ['in_transit', 'departed', 'Departed from SHAH ALAM sorting centre', 'Shah Alam'],
  ['in_transit', 'arrived', 'Arrived at PETALING JAYA delivery station', 'Petaling Jaya'],
  ['in_transit', 'sorting', 'Sorted for route 14 at PETALING JAYA', 'Petaling Jaya'],
] as const

/** The second of the ten scans says that it was collected. */
export const collectedBeforeMs = 9 * 5 * hourMs

/** Ten scans of a parcel on its way from Kuching to Petaling Jaya, newest first, as rows keep them. */
export const sampleEvents = (now: Date) =>
  steps.toReversed().map(([status, substatus, text, location], place) => {
    const at = new Date(now.getTime() - (place + 1) * 5 * hourMs)
    return {
      at: at.toISOString(),
      rawAt: at.toISOString(),
      zoneGuessed: true,
      code: 4,
      text,
      status,
      substatus,
      location,
    }
  })

/** A public document as the product renders it, about 1.6 kB once freshness is added. */
export const sampleDocument = (trackingNumber: string, now: Date) =>
  renderDocument({
    trackingNumber,
    courier: 'J&T Express',
    status: 'in_transit',
    substatus: 'sorting',
    estimatedDelivery: null,
    deliveredAt: null,
    events: sampleEvents(now),
    isDemo: false,
  })

export type SeedOptions = {
  parcels: number
  now: Date
  /** Whether rows carry documents and events; without, a million are there in seconds. */
  withDocuments: boolean
  contactEmailHmac?: string
}

const trackingsSql = `
  insert into tracking_cache (organization_id, connection_id, tracking_number, courier, status, substatus,
                              events, document, document_version, collected_at, registered_at, changed_at, confirmed_at)
  select $1, $2, ($3::bigint + i)::text, 'J&T Express', 'in_transit', 'sorting',
         $4, replace($5, $6, ($3::bigint + i)::text), left(md5(i::text), 16),
         $7::timestamptz - interval '45 hours', $7::timestamptz - interval '3 days', $7::timestamptz - interval '5 hours', $7::timestamptz - interval '3 days'
    from generate_series(0, $8::int - 1) as i`

const ordersSql = `
  insert into tracking_orders (tracking_id, organization_id, order_number, order_folded, contact_email_hmac, registered_at)
  select id, organization_id, 'ORDER-' || place, 'ORDER-' || place, $2, registered_at
    from (select *, tracking_number::bigint - $1 as place from tracking_cache) as parcel`

// Each is checked every two hours, and they are spread evenly over these: a fixed shuffle, so that neighbours are not due together.
const schedulesSql = `
  insert into tracking_schedule (organization_id, tracking_id, connection_id, checked_at, checked_by, next_update_due, update_priority, due_because)
  select organization_id, id, connection_id, due - interval '2 hours', 'scheduled', due, 100, 'in transit 120'
    from (select organization_id, id, connection_id, $1::timestamptz + ((id * 7919) % $2::bigint) * (interval '2 hours' / $2::bigint) as due
            from tracking_cache) as spread`

/** Fills a migrated database with parcels on their way, all of one shop, all fresh at `now`. */
export const seedParcels = async (
  { db, organizationId, connectionId }: SeededShop,
  options: SeedOptions,
): Promise<void> => {
  const { parcels, now, withDocuments, contactEmailHmac = null } = options
  const events = withDocuments ? sampleEvents(now) : []
  const document = withDocuments ? sampleDocument(placeholder, now).document : '{}'
  await db.transaction(async (tx) => {
    // Rows that were just made cannot lack what they refer to.
    await tx.query(`set local session_replication_role = replica`)
    await tx.query(`set local synchronous_commit = off`)
    await tx.query(trackingsSql, [
      organizationId,
      connectionId,
      firstNumber,
      JSON.stringify(events),
      document,
      placeholder,
      now,
      parcels,
    ])
    await tx.query(ordersSql, [firstNumber, contactEmailHmac])
    await tx.query(schedulesSql, [now, parcels])
    // The triggers that count are off, too.
    await tx.query(`insert into tracking_counts values ($1, $2, 'in_transit', '', $3)`, [
      organizationId,
      connectionId,
      parcels,
    ])
  })
  await db.sql.query('vacuum analyze tracking_cache')
  await db.sql.query('vacuum analyze tracking_orders')
  await db.sql.query('vacuum analyze tracking_schedule')
  await db.sql.query('checkpoint')
}
