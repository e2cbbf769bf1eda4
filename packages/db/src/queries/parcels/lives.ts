import { priorities } from '../../priorities.ts'
import { rows, run, type ShopSql, type Tx } from '../../sql.ts'
import { type ParcelRef, refColumns } from './parcel-row.ts'

/** What registering a number again depends on: how its life here stands, which orders it holds, and which of them know no e-mail address, or no phone. */
export type Life = {
  id: string
  connectionId: string
  status: string
  endedAt: Date | null
  orders: string[]
  withoutEmail: string[]
  withoutPhone: string[]
}

const ordersThat = (condition: string) =>
  `array(select o.order_folded from tracking_orders o where o.tracking_id = t.id and ${condition})`

const lifeColumns = `t.tracking_number as "trackingNumber", t.id, t.connection_id as "connectionId", t.status, t.ended_at as "endedAt",
  ${ordersThat('o.order_folded is not null')} as orders,
  ${ordersThat('o.order_folded is not null and o.contact_email_hmac is null')} as "withoutEmail",
  ${ordersThat('o.order_folded is not null and o.contact_phone_hmac is null')} as "withoutPhone"`

/** The lives of these parcels, archived ones left out, by number; with `lock` they stay as they are until the end of the transaction. */
export const findLives = async (
  tx: Tx,
  { ids, lock }: { ids: readonly string[]; lock: boolean },
): Promise<Map<string, Life>> => {
  const found = await rows<Life & { trackingNumber: string }>(tx, {
    text: `select ${lifeColumns} from tracking_cache t where t.id = any ($1) and t.archived_at is null order by t.id ${lock ? 'for update' : ''}`,
    values: [ids],
  })
  return new Map(found.map(({ trackingNumber, ...life }) => [trackingNumber, life]))
}

/** Whether a shop has a parcel with this number that is not archived. */
export const findNumber = async (shop: ShopSql, trackingNumber: string): Promise<boolean> =>
  (
    await rows(shop, {
      text: 'select from tracking_cache where organization_id = $1 and tracking_number = $2 and archived_at is null',
      values: [shop.organizationId, trackingNumber],
    })
  ).length > 0

/** Makes a locked parcel due now as one that was just registered; the call that asks about its number before finds nothing to write. */
export const restartSchedule = (shop: ShopSql, { trackingId, now }: { trackingId: string; now: Date }) =>
  run(shop, {
    text: `update tracking_schedule
        set next_update_due = $3, update_priority = ${priorities.urgent}, due_because = 'registered with another number', call_id = null, batch_limit = null,
            checked_at = null, checked_by = null, told_again_at = null, woken_at = null, consecutive_failures = 0, last_failure = null, strikes = 0, struck_at = null
      where organization_id = $1 and tracking_id = $2`,
    values: [shop.organizationId, trackingId, now],
  })

/** The lives of these numbers at a shop, archived ones left out, by number. */
export const findLivesByNumber = async (
  shop: ShopSql,
  trackingNumbers: readonly string[],
): Promise<Map<string, Life>> => {
  const found = await rows<Life & { trackingNumber: string }>(shop, {
    text: `select ${lifeColumns} from tracking_cache t
            where t.organization_id = $1 and t.tracking_number = any ($2) and t.archived_at is null`,
    values: [shop.organizationId, trackingNumbers],
  })
  return new Map(found.map(({ trackingNumber, ...life }) => [trackingNumber, life]))
}

/** How an archived life of a number ended: only scans after that, and after all that was told of it, are of the next one. */
type PastLife = { trackingNumber: string; endedAt: Date; events: string; api: 'open' | 'classic' }

/** The archived lives of these numbers at this shop, of each number the newest. */
export const findPastLives = (tx: Tx, args: { organizationId: string; trackingNumbers: readonly string[] }) =>
  rows<PastLife>(tx, {
    text: `select distinct on (t.tracking_number) t.tracking_number as "trackingNumber", t.ended_at as "endedAt", t.events, c.api
       from tracking_cache t join connections c on c.id = t.connection_id
      where t.organization_id = $1 and t.tracking_number = any ($2) and t.archived_at is not null
      order by t.tracking_number, t.id desc`,
    values: [args.organizationId, args.trackingNumbers],
  })

/** Locks parcels of a shop and the archived lives that their numbers had before, which readers would find in their place, in the order of their ids. */
export const lockLives = (tx: Tx, args: { organizationId: string; trackingIds: readonly string[] }) =>
  rows<ParcelRef>(tx, {
    text: `select ${refColumns} from tracking_cache t
      where organization_id = $1
        and tracking_number in (select tracking_number from tracking_cache where organization_id = $1 and id = any ($2))
        and (id = any ($2) or archived_at is not null and exists (
          select from tracking_cache own
           where own.organization_id = $1 and own.id = any ($2) and own.tracking_number = t.tracking_number and own.id > t.id))
      order by id for update`,
    values: [args.organizationId, args.trackingIds],
  })

/** Takes archived parcels off the schedule. */
export const deleteSchedules = (tx: Tx, trackingIds: readonly string[]) =>
  run(tx, { text: `delete from tracking_schedule where tracking_id = any ($1)`, values: [trackingIds] })

/** Makes a parcel due at once that was given up and is asked about again; one in a call is left to it. */
export const scheduleAgain = (tx: Tx, { trackingId, now }: { trackingId: string; now: Date }) =>
  run(tx, {
    text: `update tracking_schedule
        set next_update_due = $2, update_priority = ${priorities.urgent}, due_because = 'registered again', consecutive_failures = 0, batch_limit = null,
            strikes = 0, struck_at = null
      where tracking_id = $1 and (call_id is null or next_update_due <= $2)`,
    values: [trackingId, now],
  })
