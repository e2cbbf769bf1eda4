import { findOverview, findParcels, listCases, listTrackings, type TrackingList } from '@jejak/db'
import type { Arm, Family, Figure } from '../family.ts'
import { alternate } from '../rounds.ts'
import { ofRounds, ratios } from '../statistics.ts'
import { several } from '../timed.ts'
import { firstNumber, type SeededShop } from '../world/seed.ts'
import { withParcels } from '../world/with-database.ts'

const sizes = [10_000, 100_000, 1_800_000] as const
const quickSizes = [1_000, 2_000, 5_000] as const
const names = ['overview', 'attention', 'list', 'deep', 'search'] as const
type Name = (typeof names)[number]

/** Each parcel changed at a second of its own, as in life, and one of a thousand needs a person. */
const spread = async ({ db, organizationId, connectionId }: SeededShop, parcels: number): Promise<void> => {
  await db.transaction(async (tx) => {
    await tx.query('set local session_replication_role = replica')
    await tx.query(
      `update tracking_cache set changed_at = changed_at - id * interval '1 second', requires_attention = id % 1000 = 0,
              attention_reason = case when id % 1000 = 0 then 'stuck' end`,
    )
    await tx.query(
      `insert into attention_cases (tracking_id, organization_id, reason, opened_at)
       select id, organization_id, attention_reason, changed_at from tracking_cache where requires_attention`,
    )
    const stuck = Math.floor(parcels / 1000)
    await tx.query('update tracking_counts set amount = amount - $1', [stuck])
    await tx.query(`insert into tracking_counts values ($1, $2, 'in_transit', 'stuck', $3)`, [
      ...[organizationId, connectionId, stuck],
    ])
  })
  await db.sql.query('vacuum analyze tracking_cache')
  await db.sql.query('vacuum analyze attention_cases')
}

const everything: TrackingList = { sort: '-changed', limit: 51 }

/** What staff look at, each with what it asks of the database. */
const looks = async (shop: SeededShop, { parcels, now }: { parcels: number; now: Date }) => {
  const { db, organizationId } = shop
  const { sql } = db.ofShop(organizationId)
  const day = now.toISOString().slice(0, 10)
  const [deepest] = (
    await sql.query<{ id: string; at: string }>(
      'select id, (extract(epoch from changed_at) * 1000000)::bigint as at from tracking_cache where organization_id = $1 and id = $2',
      [organizationId, Math.floor(parcels / 2)],
    )
  ).rows
  const number = String(firstNumber + Math.floor(parcels / 2))
  const typed = { trackingNumber: null, beginning: null, ending: null, orderFolded: null, contactHashes: [], limit: 20 }
  return {
    overview: () => several(20, () => findOverview(db.sql, { shop: organizationId, now, day })),
    attention: () =>
      several(20, () =>
        listCases(sql, {
          ...{ reason: null, assignee: null, members: [], isSilent: false, now, after: null, limit: 51 },
        }),
      ),
    list: () => several(20, () => listTrackings(sql, everything)),
    deep: () => several(20, () => listTrackings(sql, { ...everything, after: deepest! })),
    search: () =>
      several(20, async () => {
        await findParcels(sql, { ...typed, ending: number.slice(-6) })
        await findParcels(sql, { ...typed, beginning: number.slice(0, 9), orderFolded: `ORDER-${parcels - 1}` })
      }),
  }
}

/** Whether what staff look at takes as long with many parcels as with few. */
export const statistics: Family = {
  about: 'overview, attention, list, deep page and search at 10 k, 100 k and 1.8 M parcels',
  run: async (bench) => {
    const { isQuick, rounds } = bench.size
    const now = new Date()
    const taken: Record<Name, number[]>[] = []
    const arms: Arm[] = []
    for (const parcels of isQuick ? quickSizes : sizes)
      await withParcels(bench, { name: `statistics_${parcels}`, parcels, now, withDocuments: false }, async (shop) => {
        await spread(shop, parcels)
        const found = await alternate(await looks(shop, { parcels, now }), rounds, bench.report)
        taken.push(found)
        for (const name of names) arms.push({ name: `${name} at ${parcels}`, unit: 'ms', values: found[name] })
      })
    const [few, , many] = taken as [Record<Name, number[]>, Record<Name, number[]>, Record<Name, number[]>]
    const flat = names.map(
      (name): Figure => ({
        text: `${name}: most parcels ÷ fewest`,
        unit: '×',
        ...ofRounds(ratios(many[name], few[name])),
      }),
    )
    return {
      arms,
      figures: [
        { goal: 'overview at most', ...ofRounds(many.overview) },
        { goal: 'list at most', ...ofRounds(many.list) },
        { goal: 'deep page at most', ...ofRounds(many.deep) },
        { goal: 'search at most', ...ofRounds(many.search) },
        { goal: 'most ÷ fewest', ...ofRounds(worstOf(many, few)) },
        ...flat,
      ],
    }
  },
}

/** In each round the look that grew most. */
const worstOf = (many: Record<Name, number[]>, few: Record<Name, number[]>): number[] =>
  many.overview.map((_, round) => Math.max(...names.map((name) => ratios(many[name], few[name])[round]!)))
