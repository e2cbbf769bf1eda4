import { row, rows, run, type ShopSql, type ShopTx } from '../../sql.ts'

/** A booking as the account's list tells it. */
export type ToldBooking = {
  shipmentNumber: string
  trackingNumber: string | null
  courier: string | null
  code: number | null
  text: string
  collectionDay: string | null
  destination: { country: string | null; state: string | null; postcodeArea: string | null }
}

type OfAccount = { connectionId: string; now: Date }

// A booking whose parcel was removed stays as it is, or it would come back.
const stands = '(b.made_at is null or b.tracking_id is not null)'
const isRenumbered = 'b.tracking_number <> excluded.tracking_number'

/**
 * Writes what a page of the list tells. A booking that waits for its number notes each time that it was listed; others only what changed. One that got
 * another number is to be made again. Tells how many were new.
 */
export const saveListed = async (
  tx: ShopTx,
  { connectionId, now, bookings }: OfAccount & { bookings: readonly ToldBooking[] },
): Promise<{ fresh: number }> =>
  (await row<{ fresh: number }>(tx, {
    text: `with saved as (
       insert into bookings as b (organization_id, connection_id, shipment_number, tracking_number, courier, status_code, status_text, collection_day,
                                  country, state, postcode_area, first_seen_at, listed_at)
       select $1, $2, "shipmentNumber", "trackingNumber", courier, code, text, "collectionDay", destination->>'country', destination->>'state',
              destination->>'postcodeArea', $3, $3
         from jsonb_to_recordset($4::jsonb) as told ("shipmentNumber" text, "trackingNumber" text, courier text, code int, text text,
                                                     "collectionDay" date, destination jsonb)
        order by "shipmentNumber"
       on conflict (connection_id, shipment_number) do update
          set tracking_number = coalesce(excluded.tracking_number, b.tracking_number),
              tracking_id = case when ${isRenumbered} then null else b.tracking_id end,
              made_at = case when ${isRenumbered} then null else b.made_at end,
              courier = coalesce(excluded.courier, b.courier), status_code = excluded.status_code, status_text = excluded.status_text,
              collection_day = coalesce(excluded.collection_day, b.collection_day), country = coalesce(excluded.country, b.country),
              state = coalesce(excluded.state, b.state), postcode_area = coalesce(excluded.postcode_area, b.postcode_area), listed_at = $3
        where ${stands} and (b.tracking_number is null or ${isRenumbered}
              or (b.courier, b.status_code, b.status_text, b.collection_day, b.state) is distinct from
                 (coalesce(excluded.courier, b.courier), excluded.status_code, excluded.status_text,
                  coalesce(excluded.collection_day, b.collection_day), coalesce(excluded.state, b.state)))
       returning xmax = 0 as is_new)
     select (count(*) filter (where is_new))::int as fresh from saved`,
    values: [tx.organizationId, connectionId, now, JSON.stringify(bookings)],
  }))!

/** Whether bookings that came up since `since` wait for their number and were not listed again since `before`. */
export const isAnyWaiting = async (
  shop: ShopSql,
  args: { connectionId: string; since: Date; before: Date },
): Promise<boolean> =>
  (await row<{ found: boolean }>(shop, {
    text: `select exists (select from bookings where organization_id = $1 and connection_id = $2 and tracking_number is null and made_at is null
                             and status_code is distinct from 0 and first_seen_at > $3 and listed_at < $4) as found`,
    values: [shop.organizationId, args.connectionId, args.since, args.before],
  }))!.found

/** Whether anything was ever listed of the account. */
export const hasBookings = async (shop: ShopSql, connectionId: string): Promise<boolean> =>
  (await row<{ found: boolean }>(shop, {
    text: 'select exists (select from bookings where organization_id = $1 and connection_id = $2) as found',
    values: [shop.organizationId, connectionId],
  }))!.found

export type UnmadeBooking = {
  id: string
  trackingNumber: string
  courier: string | null
  code: number | null
  text: string | null
  collectionDay: string | null
}

/** Bookings with a number of which no parcel was made yet, locked. */
export const lockUnmade = (tx: ShopTx, { connectionId, limit }: { connectionId: string; limit: number }) =>
  rows<UnmadeBooking>(tx, {
    text: `select id, tracking_number as "trackingNumber", courier, status_code as code, status_text as text, collection_day as "collectionDay"
       from bookings where organization_id = $1 and connection_id = $2 and tracking_number is not null and made_at is null
      order by id limit $3 for update`,
    values: [tx.organizationId, connectionId, limit],
  })

type Linked = { id: string; trackingId: string }

/** Notes which parcels the bookings are, and that these know what EasyParcel says of them. */
export const linkBookings = (tx: ShopTx, { now, linked }: { now: Date; linked: readonly Linked[] }) =>
  run(tx, {
    text: `update bookings b set tracking_id = made.tracking_id, made_at = $2, told_code = status_code
             from unnest($3::bigint[], $4::bigint[]) as made (id, tracking_id) where b.organization_id = $1 and b.id = made.id and b.id = any ($3::bigint[])`,
    values: [tx.organizationId, now, linked.map(({ id }) => id), linked.map(({ trackingId }) => trackingId)],
  })

export type Untold = { id: string; trackingId: string; code: number | null; text: string | null }

/** Parcels that do not know yet what EasyParcel says of their bookings. */
export const listUntold = (shop: ShopSql, { connectionId, limit }: { connectionId: string; limit: number }) =>
  rows<Untold>(shop, {
    text: `select id, tracking_id as "trackingId", status_code as code, status_text as text from bookings
            where organization_id = $1 and connection_id = $2 and tracking_id is not null and status_code is distinct from told_code limit $3`,
    values: [shop.organizationId, connectionId, limit],
  })

/** Notes that the parcels know it now. */
export const saveTold = (tx: ShopTx, told: readonly Untold[]) =>
  run(tx, {
    text: `update bookings b set told_code = told.code from unnest($2::bigint[], $3::int[]) as told (id, code)
            where b.organization_id = $1 and b.id = told.id and b.id = any ($2::bigint[])`,
    values: [tx.organizationId, told.map(({ id }) => id), told.map(({ code }) => code)],
  })

export type BookingToDetail = { id: string; shipmentNumber: string; trackingId: string }

/** The booking whose details are asked next: parcels on their way first, the newest of them first; one that failed comes last, and not for ever. */
export const findToDetail = (shop: ShopSql, { connectionId, triesMax }: { connectionId: string; triesMax: number }) =>
  row<BookingToDetail>(shop, {
    text: `select b.id, b.shipment_number as "shipmentNumber", b.tracking_id as "trackingId"
             from bookings b join tracking_cache t on t.organization_id = $1 and t.id = b.tracking_id
            where b.organization_id = $1 and b.connection_id = $2 and b.details_at is null and b.details_tries < $3 and t.archived_at is null
            order by b.details_tries, t.ended_at is not null, b.collection_day desc nulls last, b.id limit 1`,
    values: [shop.organizationId, connectionId, triesMax],
  })

export type DetailsToKeep = {
  weight: number | null
  length: number | null
  width: number | null
  height: number | null
  destination: ToldBooking['destination']
}

/** Writes what the details of a booking tell; null where there are none. */
export const saveDetails = (
  tx: ShopTx,
  { id, now, details }: { id: string; now: Date; details: DetailsToKeep | null },
) =>
  run(tx, {
    text: `update bookings set details_at = $3, weight = $4, length = $5, width = $6, height = $7, country = coalesce($8, country),
                  state = coalesce($9, state), postcode_area = coalesce($10, postcode_area)
            where organization_id = $1 and id = $2`,
    values: [
      ...[tx.organizationId, id, now],
      ...[details?.weight ?? null, details?.length ?? null, details?.width ?? null, details?.height ?? null],
      ...[details?.destination.country ?? null, details?.destination.state ?? null],
      details?.destination.postcodeArea ?? null,
    ],
  })

/** Notes that asking for the details failed. */
export const noteDetailsTry = (tx: ShopTx, id: string) =>
  run(tx, {
    text: 'update bookings set details_tries = details_tries + 1 where organization_id = $1 and id = $2',
    values: [tx.organizationId, id],
  })
