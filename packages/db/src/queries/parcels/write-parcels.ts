import { columnOf } from '../../columns.ts'
import { priorities } from '../../priorities.ts'
import { row, rows, run, type ShopTx, type Sql, type Tx } from '../../sql.ts'
import { detailTypes, type ParcelRef, type ParcelRow, parcelTypes, refColumns } from './parcel-row.ts'
import type { OrderRow } from './tracking-orders.ts'

// The only file that writes tracking_cache, called only by core's changes/record-changes.ts: `write-parcels.test.ts` holds both.

const types = { ...parcelTypes, document: 'text' } as const
type Stored = Pick<ParcelRow, keyof typeof parcelTypes> & { document: string }
const fixed = ['id', 'organizationId', 'connectionId', 'requiresAttention'] as const
type Column = Exclude<keyof typeof types, (typeof fixed)[number]>
const columns = (Object.keys(types) as Column[]).filter((name) => !(fixed as readonly string[]).includes(name))
const typeOf = (column: keyof typeof types): string => types[column].replace('?', '')

/** What a parcel's row becomes. Columns that are not named stay, and so does one that is never empty where it is null. */
export type ParcelWrite = { id: string } & { [Name in Column]?: Sent<Stored[Name]> | null }

// As in a JSON text sequence (RFC 7464) a control character, which JSON always escapes, stands between the texts: nothing is quoted twice.
const separator = '\u001e'
const isLong = (column: Column): boolean => column === 'events' || column === 'document'
const arrayOf = (column: Column, parameter: string): string =>
  isLong(column) ? `string_to_array(${parameter}, E'\\x1e', '')` : `${parameter}::${typeOf(column)}[]`
const valuesOf = (column: Column, writes: readonly ParcelWrite[]): unknown =>
  isLong(column) ? writes.map((write) => write[column] ?? '').join(separator) : writes.map((write) => write[column])

const assignmentOf = (column: Column): string => {
  const name = columnOf(column)
  const value = types[column].endsWith('?') ? `c.${name}` : `coalesce(c.${name}, t.${name})`
  const flag = column === 'attentionReason' ? ', requires_attention = c.attention_reason is not null' : ''
  return `${name} = ${value}${flag}`
}

const statements = new Map<string, { name: string; text: string }>()

const statementFor = (named: readonly Column[]) => {
  const key = named.join()
  const statement = statements.get(key) ?? {
    name: `save-parcels-${named.map((column) => columns.indexOf(column).toString(36)).join('')}`,
    text: `update tracking_cache t set ${named.map(assignmentOf).join(', ')}
      from unnest($1::bigint[], ${named.map((column, place) => arrayOf(column, `$${place + 2}`)).join(', ')}) as c (id, ${named.map(columnOf).join(', ')})
     where t.id = c.id and t.id = any ($1::bigint[])`,
  }
  statements.set(key, statement)
  return statement
}

/** Writes the rows of locked parcels in one statement; all name the same columns. Returns how many were written. */
export const saveParcels = (tx: Tx, writes: readonly ParcelWrite[]): Promise<number> => {
  const [first] = writes
  if (!first) return Promise.resolve(0)
  const named = columns.filter((column) => column in first)
  return run(tx, {
    ...statementFor(named),
    values: [writes.map(({ id }) => id), ...named.map((column) => valuesOf(column, writes))],
  })
}

/**
 * Removes parcels with their schedules and orders, and tells which were there. Of their bookings there stays that they were, so that the next list
 * does not bring them back.
 */
export const deleteParcels = (tx: Tx, parcels: readonly Pick<ParcelRef, 'organizationId' | 'id'>[]) =>
  rows<ParcelRef>(tx, {
    text: `with asked as (select * from unnest($1::bigint[], $2::bigint[]) as asked (organization_id, id)), emptied as (
       update bookings b set tracking_id = null, tracking_number = null, courier = null, state = null, postcode_area = null
         from asked where b.organization_id = asked.organization_id and b.tracking_id = asked.id)
     delete from tracking_cache where (organization_id, id) in (select organization_id, id from asked) returning ${refColumns}`,
    values: [parcels.map(({ organizationId }) => organizationId), parcels.map(({ id }) => id)],
  })

/** Removes orders of parcels that are locked; for the release before, each parcel then names the newest one that is left. */
export const deleteOrders = async (
  tx: Tx,
  { organizationId, ...args }: { organizationId: string; trackingIds: readonly string[]; orderIds: readonly string[] },
): Promise<void> => {
  await run(tx, {
    text: 'delete from tracking_orders where organization_id = $1 and id = any ($2)',
    values: [organizationId, args.orderIds],
  })
  await run(tx, {
    text: `update tracking_cache t
              set order_number = o.order_number, contact_email_hmac = o.contact_email_hmac, contact_phone_hmac = o.contact_phone_hmac
             from unnest($2::bigint[]) as asked (id)
             left join lateral (select * from tracking_orders own where own.organization_id = $1 and own.tracking_id = asked.id
                                 order by own.id desc limit 1) o on true
            where t.organization_id = $1 and t.id = asked.id`,
    values: [organizationId, args.trackingIds],
  })
}

/** A parcel as a shop registers it, perhaps with an account of its own; its first document is already rendered. */
export type NewTracking = OrderRow & { connectionId?: string } & {
  [Name in (typeof registered)[number]]: Sent<Stored[Name]>
}
type Sent<Value> = Value extends Date ? Date | string : Value

const registered = [
  'trackingNumber',
  ...(Object.keys(detailTypes) as (keyof typeof detailTypes)[]),
  'document',
  'documentVersion',
] as const
const registeredNames = registered.map(columnOf).join(', ')
const registeredValues = registered.map((name) => `"${name}"`).join(', ')
const registeredTypes = registered.map((name) => `"${name}" ${typeOf(name)}`).join(', ')

/** `wasKnown`: the number was here before, archived or at another shop, so that someone may be watching it. */
export type RegisteredTracking = { id: string; trackingNumber: string; isNew: boolean; wasKnown: boolean }

/**
 * Inserts those that are not registered yet, each due at once and urgent, and tells the id of all of them. Rows are written in the order of
 * their numbers, so that overlapping batches never wait for each other in a circle. Numbers must be distinct within one batch.
 */
export const insertTrackings = (
  tx: Tx,
  args: { organizationId: string; connectionId: string; now: Date; trackings: readonly NewTracking[] },
) =>
  rows<RegisteredTracking>(
    tx,
    // Known numbers are looked up one by one: until the table has statistics, a join reads all rows of the shop for each batch.
    {
      text: `with asked as (
       select * from jsonb_to_recordset($4::jsonb) as asked (
         ${registeredTypes}, "orderNumber" text, "orderFolded" text, "contactEmailHmac" text, "contactPhoneHmac" text, "contactPhone2Hmac" text,
         "contactKeyId" text, "connectionId" bigint)
     ), inserted as (
       insert into tracking_cache (organization_id, connection_id, ${registeredNames}, order_number, contact_email_hmac, contact_phone_hmac,
                                   registered_at, changed_at)
       select $1, coalesce("connectionId", $2), ${registeredValues}, "orderNumber", "contactEmailHmac", "contactPhoneHmac", $3, $3
         from asked order by "trackingNumber"
       on conflict (tracking_number, organization_id, archived_at) do nothing
       returning id, tracking_number, connection_id
     ), scheduled as (
       insert into tracking_schedule (organization_id, tracking_id, connection_id, next_update_due, update_priority, due_because)
       select $1, id, connection_id, $3, ${priorities.urgent}, 'registered' from inserted
     ), ordered as (
       insert into tracking_orders (tracking_id, organization_id, order_number, order_folded, contact_email_hmac, contact_phone_hmac,
                                    contact_phone2_hmac, contact_key_id, registered_at)
       select id, $1, "orderNumber", "orderFolded", "contactEmailHmac", "contactPhoneHmac", "contactPhone2Hmac", "contactKeyId", $3
         from inserted join asked on asked."trackingNumber" = tracking_number
        where coalesce("orderNumber", "contactEmailHmac", "contactPhoneHmac") is not null
     )
     select id, tracking_number as "trackingNumber", true as "isNew",
            tracking_number = any (array(select known_numbers(array(select tracking_number from inserted)))) as "wasKnown"
       from inserted
     union all
     select known.id, asked."trackingNumber", false, true
       from asked
       cross join lateral (
         select t.id from tracking_cache t
          where t.organization_id = $1 and t.tracking_number = asked."trackingNumber" and t.archived_at is null limit 1) known
      where not exists (select from inserted where inserted.tracking_number = asked."trackingNumber")`,
      values: [args.organizationId, args.connectionId, args.now, JSON.stringify(args.trackings)],
    },
  )

/** Moves parcels that their own account never knew to the one that lists them; they are due at once. */
export const adoptParcels = (
  tx: ShopTx,
  args: { connectionId: string; now: Date; ids: readonly string[] },
): Promise<number> =>
  run(tx, {
    text: `with moved as (
       update tracking_cache set connection_id = $2
        where organization_id = $1 and id = any ($4) and connection_id <> $2 and confirmed_at is null and archived_at is null returning id)
     update tracking_schedule s set connection_id = $2, next_update_due = case when s.call_id is null then $3 else s.next_update_due end
       from moved where s.organization_id = $1 and s.tracking_id = moved.id`,
    values: [tx.organizationId, args.connectionId, args.now, args.ids],
  })

const altered = `id >= $1 and id < $2 and left(encode(sha256(convert_to(document, 'UTF8')), 'hex'), 16) <> document_version`

/** Parcels whose stored document is not the one that its version names: someone else wrote it. */
export const countAlteredDocuments = async (sql: Sql, { from, to }: { from: number; to: number }): Promise<number> =>
  (await row<{ amount: number }>(sql, {
    text: `select count(*)::int as amount from tracking_cache where ${altered}`,
    values: [from, to],
  }))!.amount

/** Marks them, so that reading their scans again renders them. */
export const markAlteredDocuments = (sql: Sql, { from, to }: { from: number; to: number }) =>
  run(sql, {
    text: `update tracking_cache set document_version = '' where id in (select id from tracking_cache where ${altered} order by id for update)`,
    values: [from, to],
  })
