import { setTimeout as pause } from 'node:timers/promises'
import {
  connect,
  countReasons,
  type Db,
  findOverview,
  findParcels,
  findPulse,
  foldCounts,
  listCases,
  listConnections,
  listJobFailures,
  listTrackings,
  type ShopSql,
  type TrackingList,
  type TrackingPlace,
} from '@jejak/db'
import type { Arm, Bench, Family, Figure } from '../family.ts'
import { alternate } from '../rounds.ts'
import { median, ofRounds, ratios } from '../statistics.ts'
import { several } from '../timed.ts'
import { firstNumber, type SeededShop } from '../world/seed.ts'
import { writeStatuses, writeUncounted } from '../world/status-writers.ts'
import { withParcels } from '../world/with-database.ts'

const sizes = [10_000, 100_000, 1_800_000] as const
const quickSizes = [1_000, 2_000, 5_000] as const
const asked = { quick: 3, usual: 20 }
const hourMs = 3_600_000

/** Each parcel came and changed at seconds of its own, as in life; one of a thousand needs a person, and one has a rare status: of both a few pages at any size. */
const spread = async ({ db, organizationId, connectionId }: SeededShop, parcels: number): Promise<void> => {
  const step = Math.min(1000, Math.floor(parcels / 200))
  await db.transaction(async (tx) => {
    await tx.query('set local session_replication_role = replica')
    await tx.query(
      `update tracking_cache set changed_at = changed_at - id * interval '1 second', registered_at = registered_at - id * interval '1 second',
              requires_attention = id % $1 = 0, attention_reason = case when id % $1 = 0 then 'stuck' end,
              status = case when id % $1 = 1 then 'exception' else status end`,
      [step],
    )
    await tx.query(
      `insert into attention_cases (tracking_id, organization_id, reason, opened_at)
       select id, organization_id, attention_reason, changed_at from tracking_cache where requires_attention`,
    )
    const rare = Math.floor(parcels / step)
    await tx.query('update tracking_counts set amount = amount - 2 * $1', [rare])
    await tx.query(
      `insert into tracking_counts values ($1, $2, 'in_transit', 'stuck', $3), ($1, $2, 'exception', '', $3)`,
      [...[organizationId, connectionId, rare]],
    )
  })
  await db.sql.query('vacuum analyze tracking_cache')
  await db.sql.query('vacuum analyze attention_cases')
}

type Look = (sql: ShopSql) => Promise<unknown>
type Shown = { parcels: number; now: Date }

const sorts = ['-changed', 'changed', '-registered', 'registered', 'nextCheck'] as const
const sortedBy = { changed: 't.changed_at', registered: 't.registered_at', nextCheck: 's.next_update_due' } as const

/** What a list of staff is narrowed to. */
const filters = ({ parcels, now }: Shown): Record<string, Partial<TrackingList>> => ({
  'on their way': { isEnded: false },
  'a usual status': { statuses: ['in_transit'] },
  'a usual status, oldest registration': { statuses: ['in_transit'], sort: 'registered' },
  'a rare status': { statuses: ['exception'] },
  'a courier': { couriers: ['J&T Express'] },
  'needs a person': { requiresAttention: true },
  'a reason': { attentionReason: 'stuck' },
  'no one sees to it': { assignee: { noneOf: [] } },
  'changed within a day': { changedAfter: new Date(now.getTime() - 24 * hourMs) },
  'registered within four days': { registeredAfter: new Date(now.getTime() - 96 * hourMs), sort: '-registered' },
  'not checked for an hour': { notCheckedSince: new Date(now.getTime() - hourMs), isEnded: false },
  'an order': { orderFolded: `ORDER-${parcels - 1}` },
})

/** The middle of the whole list, for each sort. */
const middles = async (sql: ShopSql): Promise<[TrackingList['sort'], TrackingPlace][]> =>
  Promise.all(
    sorts.map(async (sort) => {
      const column = sortedBy[sort.replace('-', '') as keyof typeof sortedBy]
      const { rows } = await sql.query<TrackingPlace>({
        text: `select t.id, (extract(epoch from ${column}) * 1000000)::bigint as at
                 from tracking_cache t join tracking_schedule s on s.organization_id = $1 and s.tracking_id = t.id where t.organization_id = $1
                order by ${column}, t.id offset (select count(*) / 2 from tracking_cache where organization_id = $1) limit 1`,
        values: [sql.organizationId],
      })
      return [sort, rows[0]!] as [TrackingList['sort'], TrackingPlace]
    }),
  )

const looks = async (sql: ShopSql, { parcels, now }: Shown): Promise<Record<string, Look>> => {
  const shop = sql.organizationId
  const day = now.toISOString().slice(0, 10)
  const number = String(firstNumber + Math.floor(parcels / 2))
  const typed = { trackingNumber: null, beginning: null, ending: null, orderFolded: null, contactHashes: [], limit: 20 }
  const list =
    (narrowing: Partial<TrackingList>): Look =>
    (sql) =>
      listTrackings(sql, { sort: '-changed', limit: 51, ...narrowing })
  return {
    overview: async (sql) => {
      await findOverview(sql, { shop, now, day })
      await findPulse(sql, { shop, now, dayStart: new Date(`${day}T00:00:00Z`) })
      await listConnections(sql, { shop })
      await listJobFailures(sql, { shop })
    },
    attention: async (sql) => {
      await countReasons(sql, now)
      await listCases(sql, {
        ...{ reason: null, assignee: null, members: [], isSilent: false, now, after: null, limit: 51 },
      })
    },
    ...Object.fromEntries(sorts.map((sort) => [`list ${sort}`, list({ sort })])),
    ...Object.fromEntries(
      Object.entries(filters({ parcels, now })).map(([name, filter]) => [`list: ${name}`, list(filter)]),
    ),
    ...Object.fromEntries((await middles(sql)).map(([sort, after]) => [`deep ${sort}`, list({ sort, after })])),
    search: async (sql) => {
      await findParcels(sql, { ...typed, ending: number.slice(-6) })
      await findParcels(sql, { ...typed, beginning: number.slice(0, 9), orderFolded: `ORDER-${parcels - 1}` })
    },
  }
}

/** The way of the API's routes for staff to the database: the shop's role, behind the fence. */
const asTheShop = async <T>(url: string, work: (db: Db) => Promise<T>): Promise<T> => {
  const db = connect({
    // One look waits for the other; finding the middle of many parcels takes its time.
    ...{ as: 'shop', url, poolMax: 1, statementTimeoutMs: 600_000, connectTimeoutMs: 600_000 },
    ...{ applicationName: 'jejak-bench-shop', onError: () => undefined },
  })
  return work(db).finally(() => db.close())
}

type Taken = Record<string, number[]>

/** How long each look takes with so many parcels; what the counts cost those who write is measured by `also`, on the same database. */
const measure = (bench: Bench, parcels: number, also: (shop: SeededShop) => Promise<void>): Promise<Taken> => {
  const now = new Date()
  const times = bench.size.isQuick ? asked.quick : asked.usual
  const seed = { name: `statistics_${parcels}`, parcels, now, withDocuments: false }
  return withParcels(bench, seed, async (shop) => {
    await spread(shop, parcels)
    const taken = await asTheShop(shop.url, async (db) => {
      const { sql } = db.ofShop(shop.organizationId)
      const asking = Object.entries(await looks(sql, { parcels, now })).map(
        ([name, look]) => [name, () => several(times, () => look(sql))] as const,
      )
      return alternate(Object.fromEntries(asking), bench.size.rounds, bench.report)
    })
    await also(shop)
    return taken
  })
}

/** Eight writers with and without counts, then for a minute with them while a tick adds them up: Postgres fails a writer that is in a deadlock. */
const writeBesideCounts = async ({ db }: SeededShop, { bench, parcels }: { bench: Bench; parcels: number }) => {
  const { rounds, seconds, isQuick } = bench.size
  const rates = await alternate(
    {
      counted: () => writeStatuses(db, { seconds, parcels }),
      uncounted: () => writeUncounted(db, { seconds, parcels }),
    },
    rounds,
    bench.report,
  )
  const minute = isQuick ? seconds : 60
  const stopping = new AbortController()
  const folding = (async () => {
    while (!stopping.signal.aborted) {
      await foldCounts(db.sql, 10_000)
      await pause(1_000, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  await Promise.all([folding, writeStatuses(db, { seconds: minute, parcels }).finally(() => stopping.abort())])
  const { rows } = await db.sql.query<{ deadlocks: number }>(
    'select deadlocks::int from pg_stat_database where datname = current_database()',
  )
  return { ...rates, deadlocks: rows[0]!.deadlocks }
}

/** The rounds of the look whose median is the highest; of many looks some are slow in any one round by chance. */
const highest = (taken: Taken, begins = ''): number[] =>
  Object.entries(taken)
    .flatMap(([name, values]) => (name.startsWith(begins) ? [values] : []))
    .reduce((most, values) => (median(values) > median(most) ? values : most))

/** Whether what staff look at takes as long with many parcels as with few, and what that costs those who write. */
export const statistics: Family = {
  about:
    'overview, attention, lists, deep pages and search at 10 k, 100 k and 1.8 M parcels as the shop’s role; batched writes with ÷ without the triggers that count',
  run: async (bench) => {
    const all = bench.size.isQuick ? quickSizes : sizes
    const taken: Taken[] = []
    let writing: Awaited<ReturnType<typeof writeBesideCounts>> | undefined
    for (const parcels of all)
      taken.push(
        await measure(bench, parcels, async (shop) => {
          if (parcels === all[2]) writing = await writeBesideCounts(shop, { bench, parcels })
        }),
      )
    const [few, , many] = taken as [Taken, Taken, Taken]
    const { counted, uncounted, deadlocks } = writing!
    const growth = Object.fromEntries(Object.keys(few).map((name) => [name, ratios(many[name]!, few[name]!)]))
    const arms = taken.flatMap((looked, place) =>
      Object.entries(looked).map(([name, values]): Arm => ({ name: `${name} at ${all[place]}`, unit: 'ms', values })),
    )
    return {
      arms: [
        ...arms,
        { name: 'batches, counted', unit: '/s', values: counted },
        { name: 'batches, not counted', unit: '/s', values: uncounted },
      ],
      figures: [
        { goal: 'overview at most', ...ofRounds(many.overview!) },
        { goal: 'list at most', ...ofRounds(highest(many, 'list')) },
        { goal: 'deep page at most', ...ofRounds(highest(many, 'deep')) },
        { goal: 'search at most', ...ofRounds(many.search!) },
        { goal: 'most ÷ fewest', ...ofRounds(highest(growth)) },
        { goal: 'counted ÷ uncounted', ...ofRounds(ratios(counted, uncounted)) },
        { text: 'deadlocks of 8 writers and the tick that adds up, a minute', unit: 'deadlocks', value: deadlocks },
        ...Object.entries(growth).map(
          ([name, rounds]): Figure => ({ text: `${name}: most parcels ÷ fewest`, unit: '×', ...ofRounds(rounds) }),
        ),
      ],
    }
  },
}
