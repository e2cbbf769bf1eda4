import type { Bind } from '../../bind-values.ts'

/** Which parcels of a shop are meant; what is absent narrows nothing. */
export type Narrowing = {
  ids?: readonly string[]
  trackingNumbers?: readonly string[]
  /** In the one spelling that is stored. */
  orderFolded?: string
  statuses?: readonly string[]
  /** In all spellings that the shop's parcels have. */
  couriers?: readonly string[]
  connectionId?: string
  requiresAttention?: boolean
  attentionReason?: string
  /** Who sees to it: one of these users, or no one but these. */
  assignee?: { oneOf: readonly string[] } | { noneOf: readonly string[] }
  isEnded?: boolean
  registeredAfter?: Date
  registeredBefore?: Date
  changedAfter?: Date
  changedBefore?: Date
  notCheckedSince?: Date
}

type Conditions = {
  [Name in keyof Narrowing]-?: (value: NonNullable<Narrowing[Name]>, bind: Bind) => string
}

// Of parcel `t`; `$1` is its shop.
const conditions: Conditions = {
  ids: (ids, bind) => `t.id = any (${bind(ids)}::bigint[])`,
  trackingNumbers: (numbers, bind) => `t.tracking_number = any (${bind(numbers)}::text[])`,
  orderFolded: (order, bind) =>
    `t.id in (select tracking_id from tracking_orders where order_folded = ${bind(order)}::text and organization_id = $1)`,
  statuses: (statuses, bind) => `t.status = any (${bind(statuses)}::text[])`,
  couriers: (couriers, bind) => `t.courier = any (${bind(couriers)}::text[])`,
  connectionId: (id, bind) => `t.connection_id = ${bind(id)}::bigint`,
  requiresAttention: (requires) => `${requires ? '' : 'not '}t.requires_attention`,
  attentionReason: (reason, bind) => `t.requires_attention and t.attention_reason = ${bind(reason)}::text`,
  assignee: (assignee, bind) => `t.requires_attention and t.id in (
       select tracking_id from attention_cases where organization_id = $1 and settled_at is null and ${
         'oneOf' in assignee
           ? `assignee_id = any (${bind(assignee.oneOf)}::bigint[])`
           : `(assignee_id is null or assignee_id <> all (${bind(assignee.noneOf)}::bigint[]))`
       })`,
  isEnded: (isEnded) => `t.ended_at is ${isEnded ? 'not ' : ''}null`,
  registeredAfter: (at, bind) => `t.registered_at > ${bind(at)}::timestamptz`,
  registeredBefore: (at, bind) => `t.registered_at < ${bind(at)}::timestamptz`,
  changedAfter: (at, bind) => `t.changed_at > ${bind(at)}::timestamptz`,
  changedBefore: (at, bind) => `t.changed_at < ${bind(at)}::timestamptz`,
  notCheckedSince: (at, bind) => `t.archived_at is null and not exists (
       select from tracking_schedule c where c.organization_id = $1 and c.tracking_id = t.id and c.checked_at >= ${bind(at)}::timestamptz)`,
}

/** What must hold of parcel `t` of the shop `$1`, as SQL; nothing of it is the caller's own words. */
export const narrowedTo = (narrowing: Narrowing, bind: Bind): string =>
  [
    'true',
    ...Object.entries(narrowing).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [(conditions[name as keyof Narrowing] as (value: unknown, bind: Bind) => string)(value, bind)],
    ),
  ].join('\n     and ')
