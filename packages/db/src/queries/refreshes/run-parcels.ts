import { priorities } from '../../priorities.ts'
import { row, rows, run, type ShopSql, type Tx } from '../../sql.ts'
import type { RefreshOutcomeName } from './runs.ts'

/** What decides about a parcel of a run. `schedule` is undefined when there is none, or when someone else has it at this moment. */
export type RunParcelFacts = {
  trackingId: string
  askedAt: Date | null
  parcel: { archivedAt: Date | null; endedAt: Date | null; changedAt: Date; confirmedAt: Date | null } | undefined
  schedule: RunScheduleFacts | undefined
}
export type RunScheduleFacts = {
  checkedAt: Date | null
  updatePriority: number
  strikes: number
  inFlight: boolean
}

type Slice = {
  organizationId: string
  runId: string
  /** Null for those of all accounts. */
  connectionId: string | null
  isAsked: boolean
  afterId: string
  limit: number
  now: Date
}

/**
 * Parcels of a run that are not done, those that were asked for or those that wait, in the order of their ids, with their schedules locked.
 * Schedules come before rows of runs, for everyone who locks both; what someone else has is not waited for.
 */
export const lockRunParcels = async (tx: Tx, slice: Slice): Promise<RunParcelFacts[]> => {
  const { organizationId, runId, now, isAsked } = slice
  const open = await rows<{ id: string }>(tx, {
    text: `select tracking_id as id from refresh_run_parcels
            where organization_id = $1 and run_id = $2 and ($3::bigint is null or connection_id = $3) and outcome is null
              and asked_at is ${isAsked ? 'not null' : 'null'} and tracking_id > $4 order by tracking_id limit $5`,
    values: [organizationId, runId, slice.connectionId, slice.afterId, slice.limit],
  })
  if (open.length === 0) return []
  const ids = open.map(({ id }) => id)
  const schedules = await rows<RunScheduleFacts & { id: string }>(tx, {
    text: `select tracking_id as id, checked_at as "checkedAt", update_priority as "updatePriority", strikes,
                  call_id is not null and next_update_due > $3 as "inFlight"
             from tracking_schedule where organization_id = $1 and tracking_id = any ($2) order by tracking_id for update skip locked`,
    values: [organizationId, ids, now],
  })
  const scheduleOf = new Map(schedules.map(({ id, ...schedule }) => [id, schedule]))
  // Read after the lock: a call may have settled a parcel until then.
  const found = await rows<
    Omit<RunParcelFacts, 'parcel' | 'schedule'> & RunParcelFacts['parcel'] & { isThere: boolean }
  >(tx, {
    text: `select p.tracking_id as "trackingId", p.asked_at as "askedAt", t.id is not null as "isThere", t.archived_at as "archivedAt",
                  t.ended_at as "endedAt", t.changed_at as "changedAt", t.confirmed_at as "confirmedAt"
             from refresh_run_parcels p left join tracking_cache t on t.organization_id = $1 and t.id = p.tracking_id
            where p.organization_id = $1 and p.run_id = $2 and p.tracking_id = any ($3) and p.outcome is null order by p.tracking_id`,
    values: [organizationId, runId, ids],
  })
  return found.map(({ trackingId, askedAt, isThere, ...parcel }) => ({
    ...{ trackingId, askedAt, parcel: isThere ? parcel : undefined, schedule: scheduleOf.get(trackingId) },
  }))
}

type OfRun = { organizationId: string; runId: string }

/** Makes parcels due now for a run and remembers what their schedules said; what a person asked for already keeps its time. */
export const askForRunParcels = async (
  tx: Tx,
  { organizationId, runId, trackingIds, now }: OfRun & { trackingIds: readonly string[]; now: Date },
): Promise<void> => {
  const values = [organizationId, runId, trackingIds, now]
  await run(tx, {
    text: `update refresh_run_parcels p
              set asked_at = $4, prior_due = s.next_update_due, prior_priority = s.update_priority, prior_because = s.due_because
             from tracking_schedule s
            where p.organization_id = $1 and p.run_id = $2 and p.tracking_id = any ($3) and s.tracking_id = p.tracking_id`,
    values,
  })
  await run(tx, {
    text: `update tracking_schedule
              set next_update_due = $4, update_priority = ${priorities.manual}, due_because = 'asked for by refresh run ' || $2::bigint
            where organization_id = $1 and tracking_id = any ($3) and update_priority <> ${priorities.manual}`,
    values,
  })
}

/** Gives parcels that no call has the times back that they had before a run asked for them; those that a person asked for, too, stay first in line. */
export const giveBackRunParcels = async (
  tx: Tx,
  { organizationId, runId, trackingIds }: OfRun & { trackingIds: readonly string[] },
): Promise<void> => {
  const values = [organizationId, runId, trackingIds]
  await run(tx, {
    text: `update tracking_schedule s
              set next_update_due = p.prior_due, update_priority = p.prior_priority, due_because = p.prior_because, call_id = null
             from refresh_run_parcels p
            where s.organization_id = $1 and p.run_id = $2 and p.tracking_id = any ($3) and s.tracking_id = p.tracking_id
              and s.update_priority = ${priorities.manual} and p.prior_priority <> ${priorities.manual}`,
    values,
  })
  await run(tx, {
    text: `update refresh_run_parcels set asked_at = null, prior_due = null, prior_priority = null, prior_because = null
            where organization_id = $1 and run_id = $2 and tracking_id = any ($3) and outcome is null`,
    values,
  })
}

/** What became of a parcel of a run. */
export type RunParcelEnd = { trackingId: string; outcome: RefreshOutcomeName; reason: string | null }

/** Writes what became of parcels of one run. */
export const settleRunParcels = (
  tx: Tx,
  { organizationId, runId, ends, now }: OfRun & { ends: readonly RunParcelEnd[]; now: Date },
) =>
  ends.length === 0
    ? Promise.resolve(0)
    : run(tx, {
        text: `update refresh_run_parcels p set outcome = e.outcome, reason = e.reason, settled_at = $6
                 from unnest($3::bigint[], $4::text[], $5::text[]) as e (tracking_id, outcome, reason)
                where p.organization_id = $1 and p.run_id = $2 and p.tracking_id = e.tracking_id and p.outcome is null`,
        values: [
          organizationId,
          runId,
          ends.map(({ trackingId }) => trackingId),
          ends.map(({ outcome }) => outcome),
          ends.map(({ reason }) => reason),
          now,
        ],
      })

/** Writes what a call brought about parcels that a run had asked for; those of no run are none of its business. */
export const settleRefreshed = (
  tx: Tx,
  { callId, ends, now }: { callId: string; ends: readonly RunParcelEnd[]; now: Date },
) =>
  ends.length === 0
    ? Promise.resolve(0)
    : run(tx, {
        name: 'settle-refreshed',
        text: `update refresh_run_parcels p set outcome = e.outcome, reason = e.reason, settled_at = $4, call_id = $5
                 from unnest($1::bigint[], $2::text[], $3::text[]) as e (tracking_id, outcome, reason)
                where p.tracking_id = e.tracking_id and p.outcome is null and p.asked_at is not null`,
        values: [
          ends.map(({ trackingId }) => trackingId),
          ends.map(({ outcome }) => outcome),
          ends.map(({ reason }) => reason),
          now,
          callId,
        ],
      })

/** Cancels the parcels of a run that wait. */
export const cancelWaiting = (tx: Tx, { organizationId, runId, now }: OfRun & { now: Date }) =>
  run(tx, {
    text: `update refresh_run_parcels set outcome = 'cancelled', settled_at = $3
            where organization_id = $1 and run_id = $2 and outcome is null and asked_at is null`,
    values: [organizationId, runId, now],
  })

/** How many parcels of runs stand where, by account; `state` is `waiting`, `asked` or an outcome. */
export type RunCount = {
  runId: string
  connectionId: string
  state: 'waiting' | 'asked' | RefreshOutcomeName
  amount: number
}

export const countRunParcels = (shop: ShopSql, runIds: readonly string[]) =>
  rows<RunCount>(shop, {
    text: `select run_id as "runId", connection_id as "connectionId",
                  coalesce(outcome, case when asked_at is null then 'waiting' else 'asked' end) as state, count(*)::int as amount
             from refresh_run_parcels where organization_id = $1 and run_id = any ($2)
            group by 1, 2, 3 order by 1, 2, 3`,
    values: [shop.organizationId, runIds],
  })

/** A parcel of a run, as people see it; number and status are null once it is removed. */
export type RunParcelRow = {
  trackingId: string
  trackingNumber: string | null
  status: string | null
  state: RunCount['state']
  reason: string | null
  askedAt: Date | null
  settledAt: Date | null
  callId: string | null
}

/** A page of the parcels of a run, in the order of their ids. */
export const listRunParcels = (
  shop: ShopSql,
  args: { runId: string; states: readonly string[] | null; afterId: string; limit: number },
) =>
  rows<RunParcelRow>(shop, {
    text: `select * from (
             select p.tracking_id as "trackingId", t.tracking_number as "trackingNumber", t.status,
                    coalesce(p.outcome, case when p.asked_at is null then 'waiting' else 'asked' end) as state, p.reason,
                    p.asked_at as "askedAt", p.settled_at as "settledAt", p.call_id as "callId"
               from refresh_run_parcels p left join tracking_cache t on t.organization_id = $1 and t.id = p.tracking_id
              where p.organization_id = $1 and p.run_id = $2 and p.tracking_id > $4) page
            where $3::text[] is null or state = any ($3)
            order by "trackingId" limit $5`,
    values: [shop.organizationId, args.runId, args.states, args.afterId, args.limit],
  })

/** What waits on an account beside the runs: how many parcels of other classes, up to `most`, and since when the oldest suspect on trial. */
export const findOthersWaiting = async (
  tx: Tx,
  args: { connectionId: string; now: Date; most: number },
): Promise<{ others: number; trialDueAt: Date | null; manual: number }> =>
  (await row<{ others: number; trialDueAt: Date | null; manual: number }>(tx, {
    text: `select (select count(*)::int from (select from tracking_schedule
                     where connection_id = $1 and update_priority in (${[priorities.urgent, priorities.retry, priorities.scheduled, priorities.confirmation].join()})
                       and next_update_due <= $2 limit $3) waiting) as others,
                  (select count(*)::int from (select from tracking_schedule
                     where connection_id = $1 and update_priority = ${priorities.manual} and next_update_due <= $2 limit $3) waiting) as manual,
                  (select next_update_due from tracking_schedule where connection_id = $1 and update_priority = ${priorities.suspect}
                     and next_update_due <= $2 order by next_update_due limit 1) as "trialDueAt"`,
    values: [args.connectionId, args.now, args.most],
  }))!
