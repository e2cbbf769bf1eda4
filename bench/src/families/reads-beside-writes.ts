import { setTimeout as wait } from 'node:timers/promises'
import { type Db, saveParcels } from '@jejak/db'
import type { Family } from '../family.ts'
import { assertGood, runLoad } from '../load/run-load.ts'
import { alternate } from '../rounds.ts'
import { ofRounds, ratios } from '../statistics.ts'
import { aChange } from '../world/changes.ts'
import { firstNumber } from '../world/seed.ts'
import { withParcels, withServers } from '../world/with-database.ts'

const rowsPerSecond = 2_000
const batch = 50

/** Writes changes as workers do, a batch a transaction, at a steady rate; returns the rows written a second. */
const writeSteadily = async (db: Db, parcels: number, signal: AbortSignal): Promise<number> => {
  const startedAt = performance.now()
  let written = 0
  while (!signal.aborted) {
    const from = Math.floor(Math.random() * (parcels - batch))
    const changes = Array.from({ length: batch }, (_, place) => aChange(from + place, new Date()))
    written += await db.transaction((tx) => saveParcels(tx, changes))
    const dueMs = startedAt + (written / rowsPerSecond) * 1000 - performance.now()
    if (dueMs > 0) await wait(dueMs)
  }
  return (written / (performance.now() - startedAt)) * 1000
}

/** What workers cost readers. */
export const readsBesideWrites: Family = {
  about: 'the public read while 2,000 changed rows a second are written',
  run: (bench) => {
    const { connections, isQuick, rounds, seconds } = bench.size
    const parcels = isQuick ? 2_000 : 200_000
    const seed = { name: 'writes', parcels, now: new Date(), withDocuments: true }
    return withParcels(bench, seed, ({ db, url }) =>
      withServers(async (keep) => {
        const api = await keep(bench.world.startApi(url))
        const paths = { prefix: '/v1/track/', from: firstNumber, count: parcels }
        const load = async () => {
          const result = await runLoad({ url: api.url, paths, connections, warmUpSeconds: 0.3, seconds })
          assertGood('public read', result)
          return result.perSecond
        }
        const written: number[] = []
        const besideWrites = async () => {
          const stop = new AbortController()
          const writing = writeSteadily(db, parcels, stop.signal)
          try {
            return await load()
          } finally {
            stop.abort()
            written.push(await writing)
          }
        }
        const results = await alternate({ alone: load, 'beside writes': besideWrites }, rounds, bench.report)
        return {
          arms: [
            { name: 'public read alone', unit: 'answers/s', values: results.alone },
            { name: 'public read beside writes', unit: 'answers/s', values: results['beside writes'] },
            { name: 'written beside it', unit: 'rows/s', values: written },
          ],
          figures: [
            { goal: 'read beside writes', ...ofRounds(ratios(results['beside writes'], results.alone)) },
            { text: 'rows really written meanwhile', ...ofRounds(written), unit: 'rows/s' },
          ],
        }
      }),
    )
  },
}
