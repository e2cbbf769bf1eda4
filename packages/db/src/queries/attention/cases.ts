import { columnOf, columnsOf, type RowOf } from '../../columns.ts'
import { row, rows, run, type ShopSql, type ShopTx } from '../../sql.ts'
import { countedSql } from '../parcels/counts.ts'

/** What people did about a parcel that needs one; see the migration for what each column means. */
const caseTypes = {
  trackingId: 'bigint',
  reason: 'text',
  openedAt: 'timestamptz',
  assigneeId: 'bigint?',
  snoozedUntil: 'timestamptz?',
  snoozedFor: 'text?',
  mutedReason: 'text?',
  mutedUntil: 'timestamptz?',
  settledAt: 'timestamptz?',
  settledBy: 'text?',
  settledHow: 'text?',
} as const
export type CaseRow = RowOf<typeof caseTypes>

const caseNames = Object.keys(caseTypes) as (keyof CaseRow)[]
const caseColumns = columnsOf('a', caseNames)

/** Whether case `a` is silent at the instant of this parameter. */
const silentAt = (parameter: string) =>
  `coalesce(a.snoozed_until > ${parameter} or (a.muted_reason = a.reason and a.muted_until > ${parameter}), false)`

/** So many silent cases of one reason are counted; what is more is as many, for a person. */
export const silentMax = 1000

export type ReasonCount = { reason: string; open: number; silent: number; oldestAt: Date | null }

/** A shop's open cases by reason: how many by the counts that triggers keep, how many of them are silent, and since when the oldest of the others is open. */
export const countReasons = (shop: ShopSql, now: Date) =>
  rows<ReasonCount>(shop, {
    text: `
      with counted as materialized (
        select attention as reason, sum(amount)::int as open from (${countedSql}) as counted
         where organization_id = $1 and attention <> '' group by attention having sum(amount) > 0)
      select reason, open, silent, oldest.opened_at as "oldestAt" from counted
       cross join lateral (
         select count(*)::int as silent from (
           select from attention_cases a where a.organization_id = $1 and a.reason = counted.reason and a.settled_at is null
              and (a.snoozed_until > $2 or a.muted_until > $2) and ${silentAt('$2')} limit ${silentMax}) as seen) as silent
        left join lateral (
         select a.opened_at from attention_cases a where a.organization_id = $1 and a.reason = counted.reason and a.settled_at is null
            and not ${silentAt('$2')} order by a.opened_at limit 1) as oldest on true
       order by oldest.opened_at nulls last, reason`,
    values: [shop.organizationId, now],
  })

/** When a person settled a case of this shop last. */
export const findLastSettled = async (shop: ShopSql): Promise<Date | null> =>
  (
    await row<{ at: Date }>(shop, {
      text: `select settled_at as at from attention_cases where organization_id = $1 and settled_by is not null
              order by settled_at desc limit 1`,
      values: [shop.organizationId],
    })
  )?.at ?? null

export type CasePlace = { openedAt: Date; trackingId: string }
export type CaseFilter = {
  reason: string | null
  /** The id of a user; `none` for what no one of `members` has. */
  assignee: string | null
  members: readonly string[]
  isSilent: boolean
  now: Date
  after: CasePlace | null
  limit: number
}

/** A case with what is shown of its parcel. */
export type CaseOfParcel = CaseRow & {
  trackingNumber: string
  courier: string | null
  orderNumber: string | null
  status: string
  substatus: string | null
  changedAt: Date
  note: { text: string; author: string; at: string } | null
}

const assigneeIs = (assignee: string | null): string => {
  if (assignee === null) return 'true'
  return assignee === 'none'
    ? '(a.assignee_id is null or a.assignee_id <> all ($3::bigint[]))'
    : 'a.assignee_id = any ($3::bigint[])'
}

/** A page of a shop's open cases, the longest open first. */
export const listCases = (shop: ShopSql, filter: CaseFilter) =>
  rows<CaseOfParcel>(shop, {
    text: `
      with page as materialized (
        select a.* from attention_cases a
         where a.organization_id = $1 and a.settled_at is null and ${filter.reason === null ? '$4::text is null' : 'a.reason = $4'}
           and ${assigneeIs(filter.assignee)} and coalesce($3::bigint[] is not null, true)
           and ${silentAt('$2')} = $5
           and ${filter.after === null ? '$6::timestamptz is null and $7::bigint is null' : '(a.opened_at, a.tracking_id) > ($6::timestamptz, $7::bigint)'}
         order by a.opened_at, a.tracking_id limit $8)
      select ${caseColumns}, t.tracking_number as "trackingNumber", t.courier, t.status, t.substatus, t.changed_at as "changedAt",
             (select o.order_number from tracking_orders o where o.tracking_id = t.id order by o.id desc limit 1) as "orderNumber",
             (select json_build_object('text', n.text, 'author', n.author, 'at', n.at) from parcel_notes n
               where n.tracking_id = t.id order by n.id desc limit 1) as note
        from page a join tracking_cache t on t.id = a.tracking_id and t.organization_id = $1
       order by a.opened_at, a.tracking_id`,
    values: [
      shop.organizationId,
      filter.now,
      filter.assignee === null || filter.assignee === 'none' ? filter.members : [filter.assignee],
      filter.reason,
      filter.isSilent,
      filter.after?.openedAt ?? null,
      filter.after?.trackingId ?? null,
      filter.limit,
    ],
  })

/** The open cases of a reason that were open at an instant and are not silent, so many as `limit`, the longest open first. */
export const listCaseIds = async (
  shop: ShopSql,
  { reason, asOf, now, limit }: { reason: string; asOf: Date; now: Date; limit: number },
): Promise<string[]> =>
  (
    await rows<{ id: string }>(shop, {
      text: `select a.tracking_id as id from attention_cases a
              where a.organization_id = $1 and a.reason = $3 and a.settled_at is null and a.opened_at <= $4 and not ${silentAt('$2')}
              order by a.opened_at, a.tracking_id limit $5`,
      values: [shop.organizationId, now, reason, asOf, limit],
    })
  ).map(({ id }) => id)

/** The cases of these parcels, whose parcels are locked. */
export const findCases = (tx: ShopTx, trackingIds: readonly string[]) =>
  rows<CaseRow>(tx, {
    text: `select ${caseColumns} from attention_cases a where a.organization_id = $1 and a.tracking_id = any ($2) order by a.tracking_id`,
    values: [tx.organizationId, trackingIds],
  })

/** Writes cases of locked parcels whole. */
export const saveCases = (tx: ShopTx, cases: readonly CaseRow[]) =>
  cases.length === 0
    ? Promise.resolve(0)
    : run(tx, {
        text: `update attention_cases c
          set ${caseNames
            .slice(1)
            .map((name) => `${columnOf(name)} = s."${name}"`)
            .join(', ')}
         from jsonb_to_recordset($2::jsonb) as s (${caseNames.map((name) => `"${name}" ${caseTypes[name].replace('?', '')}`).join(', ')})
        where c.organization_id = $1 and c.tracking_id = s."trackingId"`,
        values: [tx.organizationId, JSON.stringify(cases)],
      })
