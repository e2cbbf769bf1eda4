import { type Bind, bindValues } from '../../bind-values.ts'
import { columnsOf } from '../../columns.ts'
import { priorities } from '../../priorities.ts'
import { row, rows, type ShopSql } from '../../sql.ts'
import { type StandingRow, standingColumns } from '../calls/gate.ts'
import { type FreshnessOfSchedule, freshnessColumns } from './freshness-columns.ts'
import { type Narrowing, narrowedTo } from './narrow-trackings.ts'
import { type ParcelRow, parcelColumns } from './parcel-row.ts'

/** Everything staff may see of a tracking. */
export type StaffTrackingRow = ParcelRow &
  FreshnessOfSchedule &
  StandingRow & {
    /** Oldest first. */
    orders: { orderNumber: string | null; hasContact: boolean; registeredAt: string }[]
    updatePriority: number | null
    inFlight: boolean
    consecutiveFailures: number
    lastFailure: string | null
    dueBecause: string | null
  }

const staffColumns = `${parcelColumns},
  array(select json_build_object('orderNumber', o.order_number, 'registeredAt', o.registered_at,
                                 'hasContact', coalesce(o.contact_email_hmac, o.contact_phone_hmac) is not null)
          from tracking_orders o where o.tracking_id = t.id order by o.id) as orders,
  ${freshnessColumns}, s.update_priority as "updatePriority",
  coalesce(s.call_id is not null, false) as "inFlight", coalesce(s.consecutive_failures, 0) as "consecutiveFailures",
  s.last_failure as "lastFailure", s.due_because as "dueBecause", ${standingColumns}`

const staffTables = `tracking_cache t
    join connections c on c.id = t.connection_id
    left join tracking_schedule s on s.tracking_id = t.id`

/** One tracking of a shop. */
export const findTracking = (shop: ShopSql, trackingId: string) =>
  row<StaffTrackingRow>(shop, {
    text: `select ${staffColumns} from ${staffTables}
      where t.organization_id = $1 and t.id = $2`,
    values: [shop.organizationId, trackingId],
  })

/** Where a page ended: the microsecond of what the list goes by, and the parcel's id. */
export type TrackingPlace = { at: string; id: string }

export type TrackingList = Narrowing & {
  sort: 'changed' | '-changed' | 'registered' | '-registered' | 'nextCheck'
  after?: TrackingPlace | null
  limit: number
}

const columns = { changed: 't.changed_at', registered: 't.registered_at', nextCheck: 's.next_update_due' } as const

/** Every list goes by an instant and then by id, so that each page begins where the one before it ended, by an index. */
const orderOf = ({ sort }: Pick<TrackingList, 'sort'>) => {
  const isBackwards = sort.startsWith('-')
  const column = columns[sort.replace('-', '') as keyof typeof columns]
  // Both columns are of one table, or no index finds the place where a page begins.
  const id = column.startsWith('s.') ? 's.tracking_id' : 't.id'
  return { column, id, direction: isBackwards ? 'desc' : 'asc', beyond: isBackwards ? '<' : '>' } as const
}

type PageParts = { list: TrackingList; bind: Bind; tables?: string; more: string }

const pageSql = ({
  list: { sort, after, limit, ...narrowing },
  bind,
  tables = 'tracking_cache t',
  more,
}: PageParts) => {
  const { column, id, direction, beyond } = orderOf({ sort })
  const place =
    after && `(timestamptz 'epoch' + ${bind(after.at)}::bigint * interval '1 microsecond', ${bind(after.id)}::bigint)`
  return `
  select t.id, ${column} as at from ${tables}
   where t.organization_id = $1 and ${more} and ${narrowedTo(narrowing, bind)}
     ${place ? `and (${column}, ${id}) ${beyond} ${place}` : ''}
   order by ${column} ${direction}, ${id} ${direction}
   limit ${bind(limit)}`
}

// Each status is one range of its index, which holds no archived parcels; a filter over the shop's changes walked all of them.
const pageOfStatuses = ({ statuses, ...list }: TrackingList, bind: Bind) => `
  select page.id, page.at from unnest(${bind([...new Set(statuses)])}::text[]) as asked (status)
   cross join lateral (${pageSql({ list, bind, more: 't.status = asked.status and t.archived_at is null' })}) page
   order by page.at ${orderOf(list).direction}, page.id ${orderOf(list).direction}
   limit ${bind(list.limit)}`

// The index over due times is by account and class: a range of each.
const pageByNextCheck = (list: TrackingList, bind: Bind) => `
  select page.id, page.at from connections c cross join unnest(${bind(Object.values(priorities))}::smallint[]) as class (priority)
   cross join lateral (${pageSql({
     list,
     bind,
     tables: 'tracking_schedule s join tracking_cache t on t.id = s.tracking_id',
     more: 's.organization_id = $1 and s.connection_id = c.id and s.update_priority = class.priority and s.next_update_due is not null',
   })}) page
   where c.organization_id = $1
   order by page.at, page.id
   limit ${bind(list.limit)}`

const pageOf = (list: TrackingList, bind: Bind): string => {
  const { sort, statuses, trackingNumbers, orderFolded } = list
  if (sort === 'nextCheck') return pageByNextCheck(list, bind)
  const isByStatus = statuses !== undefined && trackingNumbers === undefined && orderFolded === undefined
  return isByStatus ? pageOfStatuses(list, bind) : pageSql({ list, bind, more: 'true' })
}

const sortedAtColumn = '(extract(epoch from page.at) * 1000000)::bigint as "sortedAt"'

/** A page of a shop's trackings. Asked for by status, archived ones are left out; by number or order they are found. */
export const listTrackings = (shop: ShopSql, list: TrackingList) => {
  const { values, bind } = bindValues(shop.organizationId)
  const { direction } = orderOf(list)
  return rows<StaffTrackingRow & { sortedAt: string }>(shop, {
    text: `with page as materialized (${pageOf(list, bind)})
     select ${staffColumns}, ${sortedAtColumn} from ${staffTables} join page on page.id = t.id
      where t.organization_id = $1
      order by page.at ${direction}, page.id ${direction}`,
    values,
  })
}

/** A parcel as a line of a file: no contact, no scans. */
const lineNames = [
  ...(['id', 'connectionId', 'trackingNumber', 'courier', 'status', 'substatus', 'attentionReason'] as const),
  ...(['registeredAt', 'bookedAt', 'collectedAt', 'outForDeliveryAt', 'deliveredAt', 'endedAt'] as const),
  ...(['estimatedDelivery', 'changedAt'] as const),
] as const
export type TrackingLine = Pick<ParcelRow, (typeof lineNames)[number]> & {
  orderNumber: string | null
  checkedAt: Date | null
  nextCheckAt: Date | null
  sortedAt: string
}

/** The same page as lines of a file. */
export const listTrackingLines = (shop: ShopSql, list: TrackingList) => {
  const { values, bind } = bindValues(shop.organizationId)
  const { direction } = orderOf(list)
  return rows<TrackingLine>(shop, {
    text: `with page as materialized (${pageOf(list, bind)})
     select ${columnsOf('t', lineNames)}, s.checked_at as "checkedAt", s.next_update_due as "nextCheckAt", ${sortedAtColumn},
            (select o.order_number from tracking_orders o where o.organization_id = $1 and o.tracking_id = t.id order by o.id desc limit 1) as "orderNumber"
       from tracking_cache t join page on page.id = t.id left join tracking_schedule s on s.tracking_id = t.id
      where t.organization_id = $1
      order by page.at ${direction}, page.id ${direction}`,
    values,
  })
}
