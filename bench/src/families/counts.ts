import { countFreshness, findOverview, findPulse } from '@jejak/db'
import type { Family } from '../family.ts'
import { alternate } from '../rounds.ts'
import { ofRounds, ratios } from '../statistics.ts'
import { several, timed } from '../timed.ts'
import type { SeededShop } from '../world/seed.ts'
import { withParcels } from '../world/with-database.ts'

const cacheTtlMs = 86_400_000

/** A day's calls of a shop, so that figures about them have something to read. */
const makeCalls = ({ db, organizationId, connectionId }: SeededShop, now: Date) =>
  db.sql.query(
    `insert into api_calls (connection_id, organization_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, closed_at, outcome, duration_ms)
     select $1, $2, $3::timestamptz::date, false, 0, $3::timestamptz - n * interval '1 minute', $3, 50, $3, 'ok', n from generate_series(1, 1000) as n`,
    [connectionId, organizationId, now],
  )

/** All that the overview of a shop asks of the database. */
const lookAtAll = async ({ db, organizationId: shop }: SeededShop, now: Date) => {
  await findOverview(db.sql, { shop, now, day: now.toISOString().slice(0, 10) })
  await findPulse(db.sql, { shop, now, dayStart: new Date(now.getTime() - (now.getTime() % 86_400_000)) })
}

/** What the counts of parcels save those who look; what they cost those who write is measured by `statistics`. */
export const counts: Family = {
  about: 'the overview from counts at 1 M parcels ÷ counting them',
  run: (bench) => {
    const { isQuick, rounds } = bench.size
    const parcels = isQuick ? 5_000 : 1_000_000
    const now = new Date()
    return withParcels(bench, { name: 'counts', parcels, now, withDocuments: false }, async (shop) => {
      const { db } = shop
      await makeCalls(shop, now)
      const arms = await alternate(
        {
          overview: () => several(20, () => lookAtAll(shop, now)),
          freshness: () => timed(() => countFreshness(db.sql, { now, cacheTtlMs, everyMs: -1 })),
          groupBy: () =>
            timed(() =>
              db.sql.query('select status, count(*) from tracking_cache where archived_at is null group by 1'),
            ),
        },
        rounds,
        bench.report,
      )
      return {
        arms: [
          { name: 'overview', unit: 'ms', values: arms.overview },
          { name: 'counting all by status', unit: 'ms', values: arms.groupBy },
          { name: 'counting how fresh all are', unit: 'ms', values: arms.freshness },
        ],
        figures: [
          { goal: 'overview', ...ofRounds(arms.overview) },
          {
            text: 'counting how fresh all parcels are, every five minutes',
            ...ofRounds(arms.freshness),
            unit: 'ms',
          },
          {
            text: 'counting all parcels by status ÷ the whole overview',
            ...ofRounds(ratios(arms.groupBy, arms.overview)),
            unit: '×',
          },
        ],
      }
    })
  },
}
