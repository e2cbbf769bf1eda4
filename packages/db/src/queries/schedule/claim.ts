import { createHash } from 'node:crypto'
import { priorities } from '../../priorities.ts'
import { type NamedSql, row, rows, type Sql, type Tx } from '../../sql.ts'

/**
 * One scan of the due index: take rows of this class until `seats` rows are claimed in all. `due` takes what is due, soonest first;
 * `fill` takes what would be due next, if it is in no call, did not fail last time and was not checked after `fillCheckedBefore`.
 */
export type ClaimPass = { kind: 'due' | 'fill'; priority: number; seats: number }

export type ClaimedTracking = {
  trackingId: string
  trackingNumber: string
  priority: number
  dueAt: Date
  wasDue: boolean
}

type ClaimArgs = {
  connectionId: string
  callId: string
  now: Date
  leaseUntil: Date
  passes: readonly ClaimPass[]
  fillCheckedBefore: Date
  /** How many parcels other calls are asking about, at most: they stand first among those to fill up with, and cannot be taken. */
  inFlightElsewhere: number
  /** Per class: nothing due before this instant is left, so the scan need not walk over dead index entries. */
  scanFrom: ReadonlyMap<number, Date>
}

const seatsLeft = (pass: ClaimPass, index: number): string =>
  Array.from({ length: index }, (_, earlier) => `- (select count(*) from p${earlier})`).reduce(
    (left, taken) => `${left} ${taken}`,
    `${pass.seats}`,
  )

const notTakenBy = (passes: readonly ClaimPass[], index: number): string =>
  passes
    .slice(0, index)
    .flatMap((earlier, position) => (earlier.priority === passes[index]!.priority ? [position] : []))
    .map((position) => `and tracking_id not in (select tracking_id from p${position})`)
    .join(' ')

// Candidates to fill up with are fetched where they lie (ctid): finding 200 of a million again by their key took a tenth of the whole.
const passSql = (passes: readonly ClaimPass[], index: number): string => {
  const pass = passes[index]!
  const inClass = `connection_id = $1 and update_priority = ${pass.priority} ${pass.priority === priorities.manual ? 'and strikes < 2' : ''}`
  const wanted =
    pass.kind === 'due'
      ? `${inClass} and next_update_due >= ($6::timestamptz[])[${index + 1}] and next_update_due <= $2`
      : `call_id is null and consecutive_failures = 0 and strikes = 0 and (checked_at is null or checked_at < $5) and ctid = any (array(
           select ctid from tracking_schedule where ${inClass} and next_update_due > $2
            order by next_update_due limit $7 + 4 * greatest(0, ${seatsLeft(pass, index)})))`
  return `p${index} as materialized (
    select tracking_id, update_priority, next_update_due, ${pass.kind === 'due'} as was_due
      from tracking_schedule
     where ${wanted} ${notTakenBy(passes, index)}
     order by next_update_due
     limit greatest(0, ${seatsLeft(pass, index)})
       for update skip locked)`
}

const seatsMax = (passes: readonly ClaimPass[]): number => Math.max(...passes.map(({ seats }) => seats))

const statements = new WeakMap<readonly ClaimPass[], NamedSql>()

// Planning takes as long as running: each connection plans it once. Another batch size is another text, so the name tells them apart.
const named = (text: string): NamedSql => ({
  name: `claim-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`,
  text,
})

const takeSql = `
  update tracking_schedule s set call_id = $3, next_update_due = $4
    from picked join tracking_cache t on t.id = picked.tracking_id
   where s.tracking_id = picked.tracking_id
  returning s.tracking_id as "trackingId", t.tracking_number as "trackingNumber", picked.update_priority as priority,
            picked.next_update_due as "dueAt", picked.was_due as "wasDue"`

const claimStatement = (passes: readonly ClaimPass[]): NamedSql => {
  const known = statements.get(passes)
  if (known) return known
  // The planner cannot guess how many rows the passes leave to each other: an array and a last limit keep it from reading the whole table.
  const text = `with ${passes.map((_, index) => passSql(passes, index)).join(', ')},
    picked as (${passes.map((_, index) => `select * from p${index}`).join(' union all ')} limit ${seatsMax(passes)})
    ${takeSql}`
  const statement = named(text)
  statements.set(passes, statement)
  return statement
}

/** Marks a batch as in flight for `callId` until `leaseUntil`, pass by pass; other claimers' rows are skipped, not waited for. */
export const claimTrackings = (tx: Tx, args: ClaimArgs) =>
  rows<ClaimedTracking>(tx, {
    ...claimStatement(args.passes),
    values: [
      args.connectionId,
      args.now,
      args.callId,
      args.leaseUntil,
      args.fillCheckedBefore,
      args.passes.map(({ priority }) => args.scanFrom.get(priority) ?? '-infinity'),
      args.inFlightElsewhere,
    ],
  })

/** Claims suspects of one class, at most `seats` that may fly in such a group; they never share a call with others. */
export const claimSuspects = (
  tx: Tx,
  args: { connectionId: string; callId: string; now: Date; leaseUntil: Date; priority: number; seats: number },
) =>
  rows<ClaimedTracking>(tx, {
    text: `with picked as (
       select tracking_id, update_priority, next_update_due, true as was_due from tracking_schedule
        where connection_id = $1 and update_priority = $5 and batch_limit >= $6 and strikes >= 2 and next_update_due <= $2
        order by next_update_due limit $6 for update skip locked)
     ${takeSql}`,
    values: [args.connectionId, args.now, args.callId, args.leaseUntil, args.priority, args.seats],
  })

/**
 * What waits on a connection at `now`: `classes` of parcels that are no suspects; `asked` is a suspect that a person asks about, `trial` the
 * suspect that has waited longest for its trial, `culprit` one that is to be asked again.
 */
export type Waiting = {
  classes: readonly number[]
  asked: boolean
  culprit: boolean
  trial: { strikes: number; struckAt: Date | null; dueAt: Date } | null
}

const regularClasses = Object.values(priorities).filter((priority) => priority < priorities.suspect)
const inClass = (priority: number) =>
  `from tracking_schedule where connection_id = $1 and update_priority = ${priority} and next_update_due <= $2`

// A walk of the index for each class, in its order: as a mere "exists" all classes become one join, which reads the whole table.
const waitingSql = `
  with waiting as (
    select class.priority from unnest($3::smallint[], $4::timestamptz[]) as class (priority, scan_from)
     cross join lateral (select from tracking_schedule where connection_id = $1 and update_priority = class.priority
                            and next_update_due >= class.scan_from and next_update_due <= $2
                            and (class.priority <> ${priorities.manual} or strikes < 2)
                          order by next_update_due limit 1) as first)
  select array(select priority from waiting) as classes, exists (select ${inClass(priorities.manual)} and strikes >= 2) as asked,
         exists (select ${inClass(priorities.culprit)}) as culprit, trial.strikes, trial.struck_at as "struckAt",
         trial.next_update_due as "dueAt"
    from (select) as nothing
    left join (select strikes, struck_at, next_update_due ${inClass(priorities.suspect)} order by next_update_due limit 1) as trial on true`

/** Looks into the due index once per class, from where a claim would look; suspects have classes of their own and are few. */
export const findWaiting = async (
  sql: Sql,
  args: { connectionId: string; now: Date; scanFrom: ClaimArgs['scanFrom'] },
): Promise<Waiting> => {
  const { strikes, struckAt, dueAt, ...waiting } = (await row<
    Omit<Waiting, 'trial'> & { strikes: number | null; struckAt: Date | null; dueAt: Date | null }
  >(sql, {
    name: 'waiting',
    text: waitingSql,
    values: [
      args.connectionId,
      args.now,
      regularClasses,
      regularClasses.map((priority) => args.scanFrom.get(priority) ?? '-infinity'),
    ],
  }))!
  return { ...waiting, trial: strikes === null || dueAt === null ? null : { strikes, struckAt, dueAt } }
}

// No one expects answers of an account that was never connected, or was disconnected, or while a person's pause holds.
const isAskedSql = (now: string) => `c.is_authorised and (c.held_since is null or c.held_until <= ${now})`

/** Connections that have something due at `now`, of those that may be asked; a tick wakes these. */
export const listDueConnections = (sql: Sql, args: { now: Date; priorities: readonly number[] }) =>
  rows<{ connectionId: string }>(sql, {
    text: `select id as "connectionId" from connections c
      where ${isAskedSql('$1')}
        and exists (select from unnest($2::smallint[]) as class (priority)
                     where exists (select from tracking_schedule s where s.connection_id = c.id and s.update_priority = class.priority
                                      and s.next_update_due <= $1))
      order by id`,
    values: [args.now, args.priorities],
  })

/** Whether the last call of some connection that may be asked and still has parcels to check failed. A refused access is noted like a failed call. */
export const isCheckingInTrouble = async (sql: Sql, now: Date): Promise<boolean> =>
  (await row<{ inTrouble: boolean }>(sql, {
    text: `select exists (select from connections c
                     where ${isAskedSql('$1')} and c.last_failure_at > coalesce(c.last_good_call_at, '-infinity')
                       and exists (select from tracking_schedule s where s.connection_id = c.id and s.next_update_due is not null)
            ) as "inTrouble"`,
    values: [now],
  }))!.inTrouble

/** When the parcel that waits longest for its check was due, of those whose account may be asked. */
export const findLongestDue = async (sql: Sql, now: Date): Promise<Date | null> =>
  (await row<{ at: Date | null }>(sql, {
    text: `select min(longest.due) as at from connections c cross join unnest($2::smallint[]) as class (priority) cross join lateral (
             select next_update_due as due from tracking_schedule s
              where s.connection_id = c.id and s.update_priority = class.priority and s.call_id is null and s.next_update_due <= $1
              order by s.next_update_due limit 1) as longest
            where ${isAskedSql('$1')}`,
    values: [now, Object.values(priorities)],
  }))!.at
