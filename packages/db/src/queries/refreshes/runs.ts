import { row, rows, run, type ShopSql, type ShopTx, type Sql, type Tx } from '../../sql.ts'
import type { LeftOutReason } from './choose-parcels.ts'

export type RefreshState = 'running' | 'paused' | 'cancelled' | 'done'
export type RefreshOutcomeName = 'changed' | 'unchanged' | 'not_found' | 'failed' | 'skipped' | 'cancelled'

/** A run of refreshes. `chosen` is how its parcels were chosen, `results` how many had which outcome once it has ended. */
export type RefreshRunRow = {
  id: string
  organizationId: string
  askedBy: string
  chosen: Record<string, unknown>
  asOf: Date
  withEnded: boolean
  state: RefreshState
  parcels: number
  leftOut: Partial<Record<LeftOutReason | 'unknown', number>>
  results: Partial<Record<RefreshOutcomeName, number>> | null
  startedAt: Date
  endedAt: Date | null
}

const runColumns = `r.id, r.organization_id as "organizationId", r.asked_by as "askedBy", r.chosen, r.as_of as "asOf", r.with_ended as "withEnded", r.state,
  r.parcels, r.left_out as "leftOut", r.results, r.started_at as "startedAt", r.ended_at as "endedAt"`

/** Holds back others who would start a run of the shop, and tells how many are under way. */
export const lockShopForRun = async (tx: ShopTx): Promise<number> => {
  await rows(tx, {
    text: 'select id from organizations where id = $1 for no key update',
    values: [tx.organizationId],
  })
  return (await row<{ open: number }>(tx, {
    text: 'select count(*)::int as open from refresh_runs where organization_id = $1 and ended_at is null',
    values: [tx.organizationId],
  }))!.open
}

export const insertRun = async (
  tx: ShopTx,
  args: { askedBy: string; chosen: object; asOf: Date; withEnded: boolean; leftOut: object; now: Date },
): Promise<string> =>
  (await row<{ id: string }>(tx, {
    text: `insert into refresh_runs (organization_id, asked_by, chosen, as_of, with_ended, left_out, started_at)
           values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    values: [
      tx.organizationId,
      args.askedBy,
      JSON.stringify(args.chosen),
      args.asOf,
      args.withEnded,
      JSON.stringify(args.leftOut),
      args.now,
    ],
  }))!.id

export const saveRunSize = (tx: ShopTx, { runId, parcels }: { runId: string; parcels: number }) =>
  run(tx, {
    text: 'update refresh_runs set parcels = $3 where organization_id = $1 and id = $2',
    values: [tx.organizationId, runId, parcels],
  })

/** One run of a shop. */
export const findRun = (shop: ShopSql, runId: string) =>
  row<RefreshRunRow>(shop, {
    text: `select ${runColumns} from refresh_runs r where r.organization_id = $1 and r.id = $2`,
    values: [shop.organizationId, runId],
  })

/** The same, locked: it is paused, resumed, cancelled and fed by one at a time. */
export const lockRun = (tx: ShopTx, runId: string) =>
  row<RefreshRunRow>(tx, {
    text: `select ${runColumns} from refresh_runs r where r.organization_id = $1 and r.id = $2 for no key update`,
    values: [tx.organizationId, runId],
  })

/** A page of a shop's runs, the newest first. */
export const listRuns = (shop: ShopSql, { beforeId, limit }: { beforeId: string | null; limit: number }) =>
  rows<RefreshRunRow>(shop, {
    text: `select ${runColumns} from refresh_runs r
            where r.organization_id = $1 and ($2::bigint is null or r.id < $2) order by r.id desc limit $3`,
    values: [shop.organizationId, beforeId, limit],
  })

export const saveRunState = (tx: ShopTx, { runId, state }: { runId: string; state: RefreshState }) =>
  run(tx, {
    text: 'update refresh_runs set state = $3 where organization_id = $1 and id = $2',
    values: [tx.organizationId, runId, state],
  })

/** Ends runs of a shop in which no parcel is left to do, and keeps their results. */
export const endRuns = (
  tx: Tx,
  { organizationId, runIds, now }: { organizationId: string; runIds: readonly string[]; now: Date },
) =>
  run(tx, {
    text: `update refresh_runs r set ended_at = $3, state = case when state = 'cancelled' then state else 'done' end,
                  results = (select jsonb_object_agg(outcome, amount)
                               from (select outcome, count(*) as amount from refresh_run_parcels
                                      where organization_id = $1 and run_id = r.id group by outcome) counted)
            where r.organization_id = $1 and r.id = any ($2) and r.ended_at is null
              and not exists (select from refresh_run_parcels p where p.organization_id = $1 and p.run_id = r.id and p.outcome is null)`,
    values: [organizationId, runIds, now],
  })

/** Accounts of shops whose runs have something to do: a tick wakes these. */
export const listRefreshingConnections = (sql: Sql) =>
  rows<{ connectionId: string }>(
    sql,
    `select c.id as "connectionId" from connections c
      where exists (select from refresh_runs r where r.organization_id = c.organization_id and r.ended_at is null and (r.state <> 'paused'
               or exists (select from refresh_run_parcels p where p.run_id = r.id and p.outcome is null and p.asked_at is not null)))
      order by c.id`,
  )

/** The shop of an account, if a run of it is under way. */
export const findRefreshingShop = (sql: Sql, connectionId: string) =>
  row<{ organizationId: string }>(sql, {
    name: 'refreshing-shop',
    text: `select c.organization_id as "organizationId" from connections c
            where c.id = $1 and exists (select from refresh_runs r where r.organization_id = c.organization_id and r.ended_at is null)`,
    values: [connectionId],
  })

/** Locks the shop's runs that are under way, but for those that someone else has: they are being seen to. The oldest first. */
export const lockOpenRuns = (tx: Tx, organizationId: string) =>
  rows<RefreshRunRow>(tx, {
    text: `select ${runColumns} from refresh_runs r
            where r.organization_id = $1 and r.ended_at is null order by r.id limit 100 for no key update skip locked`,
    values: [organizationId],
  })
