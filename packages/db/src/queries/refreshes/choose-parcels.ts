import { type Bind, bindValues } from '../../bind-values.ts'
import { rows, run, type ShopSql, type ShopTx } from '../../sql.ts'
import { type Narrowing, narrowedTo } from '../parcels/narrow-trackings.ts'

/** Which parcels of a shop are meant, as they were at `asOf`. */
export type RefreshChoice = { narrowing: Narrowing; withEnded: boolean; asOf: Date }

type Choosing = RefreshChoice & { now: Date }

/** Why a parcel that is meant stays out of a run. */
export const leftOutReasons = ['ended', 'in_flight', 'fails_upstream', 'in_another_run'] as const
export type LeftOutReason = (typeof leftOutReasons)[number]

const chosenSql = ({ asOf, now, withEnded, narrowing }: Choosing, bind: Bind) => `
  select t.id, t.connection_id, case
           when t.ended_at is not null and not ${bind(withEnded)}::boolean then 'ended'
           when s.strikes >= 2 then 'fails_upstream'
           when exists (select from refresh_run_parcels other
                         where other.organization_id = $1 and other.tracking_id = t.id and other.outcome is null) then 'in_another_run'
           when s.call_id is not null and s.next_update_due > ${bind(now)}::timestamptz then 'in_flight'
         end as left_out
    from tracking_cache t join tracking_schedule s on s.tracking_id = t.id
   where t.organization_id = $1 and t.archived_at is null and t.registered_at <= ${bind(asOf)}::timestamptz
     and ${narrowedTo(narrowing, bind)}`

/** How many parcels a run would take (`leftOut` is null) and leave out, by EasyParcel account. */
export type ChosenCount = { connectionId: string; leftOut: LeftOutReason | null; amount: number }

export const countChosen = (shop: ShopSql, choice: Choosing) => {
  const { values, bind } = bindValues(shop.organizationId)
  return rows<ChosenCount>(shop, {
    text: `select connection_id as "connectionId", left_out as "leftOut", count(*)::int as amount
             from (${chosenSql(choice, bind)}) chosen group by connection_id, left_out order by connection_id, left_out`,
    values,
  })
}

/** Those of some tracking numbers that no parcel of the shop has which is checked. */
export const listUnknownNumbers = async (shop: ShopSql, numbers: readonly string[]): Promise<string[]> => {
  if (numbers.length === 0) return []
  const unknown = await rows<{ number: string }>(shop, {
    text: `select distinct number from unnest($2::text[]) as asked (number)
            where not exists (select from tracking_cache where organization_id = $1 and tracking_number = asked.number and archived_at is null)`,
    values: [shop.organizationId, numbers],
  })
  return unknown.map(({ number }) => number)
}

/** Puts the parcels that are meant and free into a run, at most one more than `limit`; tells how many. One that another run took at this moment stays its. */
export const insertRunParcels = (
  tx: ShopTx,
  { runId, limit, ...choice }: Choosing & { runId: string; limit: number },
): Promise<number> => {
  const { values, bind } = bindValues(tx.organizationId)
  return run(tx, {
    text: `insert into refresh_run_parcels (run_id, organization_id, tracking_id, connection_id)
           select ${bind(runId)}::bigint, $1, id, connection_id from (${chosenSql(choice, bind)}) chosen
            where left_out is null order by id limit ${bind(limit + 1)}
           on conflict (tracking_id) where outcome is null do nothing`,
    values,
  })
}
