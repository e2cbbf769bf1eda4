import { rows, run, type ShopSql, type ShopTx } from '../../sql.ts'

/** Which parcels of a shop are meant, as they were at `asOf`; null narrows nothing. */
export type RefreshChoice = {
  ids: readonly string[] | null
  trackingNumbers: readonly string[] | null
  orderFolded: string | null
  statuses: readonly string[] | null
  requiresAttention: boolean | null
  courier: string | null
  changedAfter: Date | null
  notCheckedSince: Date | null
  withEnded: boolean
  asOf: Date
}

type Choosing = RefreshChoice & { now: Date }

/** Why a parcel that is meant stays out of a run. */
export const leftOutReasons = ['ended', 'in_flight', 'fails_upstream', 'in_another_run'] as const
export type LeftOutReason = (typeof leftOutReasons)[number]

const chosenSql = `
  select t.id, t.connection_id, case
           when t.ended_at is not null and not $11 then 'ended'
           when s.strikes >= 2 then 'fails_upstream'
           when exists (select from refresh_run_parcels other
                         where other.organization_id = $1 and other.tracking_id = t.id and other.outcome is null) then 'in_another_run'
           when s.call_id is not null and s.next_update_due > $3 then 'in_flight'
         end as left_out
    from tracking_cache t join tracking_schedule s on s.tracking_id = t.id
   where t.organization_id = $1 and t.archived_at is null and t.registered_at <= $2
     and ($4::bigint[] is null or t.id = any ($4))
     and ($5::text[] is null or t.tracking_number = any ($5))
     and ($6::text is null or t.id in (select tracking_id from tracking_orders where order_folded = $6 and organization_id = $1))
     and ($7::text[] is null or t.status = any ($7))
     and ($8::boolean is null or t.requires_attention = $8)
     and ($9::text is null or lower(t.courier) = lower($9))
     and ($10::timestamptz is null or t.changed_at > $10)
     and ($12::timestamptz is null or s.checked_at is null or s.checked_at < $12)`

const valuesOf = ({ organizationId }: ShopSql, choice: Choosing): unknown[] => [
  organizationId,
  choice.asOf,
  choice.now,
  choice.ids,
  choice.trackingNumbers,
  choice.orderFolded,
  choice.statuses,
  choice.requiresAttention,
  choice.courier,
  choice.changedAfter,
  choice.withEnded,
  choice.notCheckedSince,
]

/** How many parcels a run would take (`leftOut` is null) and leave out, by EasyParcel account. */
export type ChosenCount = { connectionId: string; leftOut: LeftOutReason | null; amount: number }

export const countChosen = (shop: ShopSql, choice: Choosing) =>
  rows<ChosenCount>(shop, {
    text: `select connection_id as "connectionId", left_out as "leftOut", count(*)::int as amount
             from (${chosenSql}) chosen group by connection_id, left_out order by connection_id, left_out`,
    values: valuesOf(shop, choice),
  })

/** Puts the parcels that are meant and free into a run, at most one more than `limit`; tells how many. One that another run took at this moment stays its. */
export const insertRunParcels = (
  tx: ShopTx,
  { runId, limit, ...choice }: Choosing & { runId: string; limit: number },
): Promise<number> =>
  run(tx, {
    text: `insert into refresh_run_parcels (run_id, organization_id, tracking_id, connection_id)
           select $13, $1, id, connection_id from (${chosenSql}) chosen where left_out is null order by id limit $14
           on conflict (tracking_id) where outcome is null do nothing`,
    values: [...valuesOf(tx, choice), runId, limit + 1],
  })
