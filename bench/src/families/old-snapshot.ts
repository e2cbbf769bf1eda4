import { type CheckDeps, createScanMemory } from '@jejak/core/checking'
import pg from 'pg'
import type { Family } from '../family.ts'
import { alternate } from '../rounds.ts'
import { median, ofRounds } from '../statistics.ts'
import { type Clock, createClaimer } from '../world/claimer.ts'
import type { SeededShop } from '../world/seed.ts'
import { withParcels } from '../world/with-database.ts'

const noMemory: CheckDeps['scanMemory'] = { scanFrom: () => new Map(), remember: () => undefined }

type Round = { freshMs: number; agedMs: number }
type Plan = { parcels: number; ticks: number; calls: number; clock: Clock }

/** Measures openings on a clean table, then again after `ticks` of them while someone else holds a snapshot from before. */
const measure = async (
  shop: SeededShop & { url: string },
  { parcels, ticks, calls, clock }: Plan,
  scanMemory: CheckDeps['scanMemory'],
): Promise<Round> => {
  await shop.db.sql.query('vacuum tracking_schedule')
  const claimer = createClaimer(shop, { parcels, clock, scanMemory })
  const freshMs = median(await claimer.openCalls(calls))
  const holder = new pg.Client({ connectionString: shop.url })
  await holder.connect()
  try {
    await holder.query('begin isolation level repeatable read')
    await holder.query('select count(*) from connections')
    await claimer.openCalls(ticks)
    return { freshMs, agedMs: median(await claimer.openCalls(calls)) }
  } finally {
    await holder.end()
  }
}

/** Whether a forgotten transaction of someone else makes claims slow. */
export const oldSnapshot: Family = {
  about: 'gate, claim and fill after 400 ticks while an old snapshot keeps dead rows from being removed',
  run: (bench) => {
    const { isQuick, rounds } = bench.size
    const parcels = isQuick ? 2_000 : 100_000
    const [ticks, calls] = isQuick ? [10, 5] : [400, 40]
    const now = new Date()
    const plan = { parcels, ticks, calls, clock: { nowMs: now.getTime() } }
    return withParcels(bench, { name: 'snapshot', parcels, now, withDocuments: false }, async (shop) => {
      await measure(shop, { ...plan, ticks: 0 }, createScanMemory())
      const run = (memory: () => CheckDeps['scanMemory']) => () => measure(shop, plan, memory())
      const arms = { 'with the low-water mark': run(createScanMemory), 'without it': run(() => noMemory) }
      const results = await alternate(arms, rounds, bench.report)
      const factor = (list: Round[]) => ofRounds(list.map(({ freshMs, agedMs }) => agedMs / freshMs))
      return {
        arms: Object.entries(results).flatMap(([name, list]) => [
          { name: `fresh, ${name}`, unit: 'ms a call, median', values: list.map(({ freshMs }) => freshMs) },
          { name: `old snapshot, ${name}`, unit: 'ms a call, median', values: list.map(({ agedMs }) => agedMs) },
        ]),
        figures: [
          { goal: 'old snapshot', ...factor(results['with the low-water mark']) },
          { text: 'the same without the low-water mark', ...factor(results['without it']), unit: '×' },
        ],
      }
    })
  },
}
