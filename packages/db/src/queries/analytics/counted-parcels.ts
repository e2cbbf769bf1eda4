import { rows, run, type ShopSql, type ShopTx, type Sql } from '../../sql.ts'

/** How a parcel ended. `lapsed`: no one ever heard how. */
export type ParcelOutcome = 'delivered' | 'returned' | 'lost' | 'cancelled' | 'lapsed'

/** What an ended parcel is counted as. Empty courier or state: no one said. Null: nothing tells. */
export type ParcelFacts = {
  /** The Monday of the local week in which it ended. */
  week: string
  courier: string
  state: string
  outcome: ParcelOutcome
  firstAttempt: boolean | null
  late: boolean | null
  /** Of the hours from collection to delivery. */
  bucket: number | null
}
export type CountedParcel = ParcelFacts & { trackingId: string }

/** A parcel that changed since it was counted; `changedAt` as Postgres writes it, which is finer than a Date. */
export type ParcelToCount = {
  id: string
  changedAt: string
  courier: string | null
  status: string
  substatus: string | null
  events: string
  api: 'open' | 'classic'
  collectedAt: Date | null
  deliveredAt: Date | null
  endedAt: Date | null
  estimatedDelivery: string | null
  state: string | null
}

/** The shops whose parcels are counted. */
export const listCountedShops = async (sql: Sql): Promise<string[]> =>
  (await rows<{ id: string }>(sql, 'select id from organizations where erase_at is null order by id')).map(
    ({ id }) => id,
  )

/** From which change on there is something to count: an hour before the newest that was, since transactions end in another order than they begin. */
export const findCountedUntil = async (shop: ShopSql, oldest: Date): Promise<string> => {
  const [found] = await rows<{ at: string }>(shop, {
    text: `select greatest(max(changed_at) - interval '1 hour', $2::timestamptz)::text as at from counted_parcels where organization_id = $1`,
    values: [shop.organizationId, oldest],
  })
  return found!.at
}

/** A shop's parcels that ended, or are counted and have not ended after all, in the order of their changes; none that is counted as it is. */
export const listParcelsToCount = (
  shop: ShopSql,
  { after, limit }: { after: { changedAt: string; id: string }; limit: number },
) =>
  rows<ParcelToCount>(shop, {
    text: `
      select t.id, t.changed_at::text as "changedAt", t.courier, t.status, t.substatus, case when t.ended_at is null then '[]' else t.events end as events, c.api,
             t.collected_at as "collectedAt", t.delivered_at as "deliveredAt", t.ended_at as "endedAt", t.estimated_delivery::text as "estimatedDelivery", b.state
        from tracking_cache t
        join connections c on c.id = t.connection_id
        left join counted_parcels k on k.tracking_id = t.id
        left join lateral (
          select coalesce(b.state, nullif(b.country, 'MY')) as state from bookings b
           where b.organization_id = t.organization_id and b.tracking_id = t.id order by b.state is null, b.id desc limit 1) as b on true
       where t.organization_id = $1 and (t.changed_at, t.id) > ($2::timestamptz, $3::bigint)
         and (t.ended_at is not null or k.tracking_id is not null) and k.changed_at is distinct from t.changed_at
       order by t.changed_at, t.id limit $4`,
    values: [shop.organizationId, after.changedAt, after.id, limit],
  })

/** Keeps these parcels from being removed, in the order of their ids; tells which are still there. */
export const lockParcelsToCount = async (tx: ShopTx, trackingIds: readonly string[]): Promise<string[]> =>
  (
    await rows<{ id: string }>(tx, {
      text: 'select id from tracking_cache where organization_id = $1 and id = any ($2) order by id for key share',
      values: [tx.organizationId, trackingIds],
    })
  ).map(({ id }) => id)

const factColumns = `tracking_id as "trackingId", week::text, courier, state, outcome, first_attempt as "firstAttempt", late, bucket`

/** Takes back what these parcels are counted as. */
export const takeCounted = (tx: ShopTx, trackingIds: readonly string[]) =>
  rows<CountedParcel>(tx, {
    text: `delete from counted_parcels where organization_id = $1 and tracking_id = any ($2) returning ${factColumns}`,
    values: [tx.organizationId, trackingIds],
  })

/** Notes what they are counted as now. Whoever counts the same parcel at the same time fails. */
export const saveCounted = (tx: ShopTx, counted: readonly (CountedParcel & { changedAt: string })[]) =>
  run(tx, {
    text: `insert into counted_parcels (organization_id, tracking_id, changed_at, week, courier, state, outcome, first_attempt, late, bucket)
      select $1, "trackingId", "changedAt", week, courier, state, outcome, "firstAttempt", late, bucket
        from jsonb_to_recordset($2::jsonb) as told ("trackingId" bigint, "changedAt" timestamptz, week date, courier text, state text, outcome text,
                                                    "firstAttempt" boolean, late boolean, bucket smallint)
       order by "trackingId"`,
    values: [tx.organizationId, JSON.stringify(counted)],
  })
