import { startSimulator } from '@jejak/easyparcel-simulator'
import type { Family } from '../family.ts'
import type { LoadResult } from '../load/load-plan.ts'
import { runLoad } from '../load/run-load.ts'
import { firstNumber } from '../world/seed.ts'
import { withParcels, withServers } from '../world/with-database.ts'

const errorsOf = ({ statuses, failed }: LoadResult): number =>
  failed + Object.entries(statuses).reduce((sum, [status, times]) => sum + (status === '200' ? 0 : times), 0)

/** A busy day at once, with workers checking beside it. */
export const visitors: Family = {
  about: '1,000 visitors at once for a minute while a worker checks: errors, and p99 next to bare Fastify',
  run: (bench) => {
    const { world, size, report } = bench
    const [connections, seconds, parcels] = size.isQuick ? [50, 1, 2_000] : [1_000, 60, 200_000]
    const seed = { name: 'visitors', parcels, now: new Date(), withDocuments: true }
    return withParcels(bench, seed, ({ url }) =>
      withServers(async (keep) => {
        const simulator = await startSimulator()
        await keep(Promise.resolve({ stop: () => simulator.close() }))
        const api = await keep(world.startApi(url))
        const hello = await keep(world.startHello())
        await keep(world.startWorker(url, simulator.url))
        const paths = { prefix: '/v1/track/', from: firstNumber, count: parcels }
        report(`${connections} visitors for ${seconds} s`)
        const read = await runLoad({ url: api.url, paths, connections, warmUpSeconds: 1, seconds })
        const plain = { list: ['/'] }
        const bare = await runLoad({
          url: hello.url,
          paths: plain,
          connections,
          warmUpSeconds: 1,
          seconds: Math.min(seconds, 15),
        })
        return {
          arms: [
            { name: 'public read', unit: 'answers/s', values: [read.perSecond] },
            { name: 'bare hello', unit: 'answers/s', values: [bare.perSecond] },
            { name: 'public read', unit: 'p99, ms', values: [read.p99] },
            { name: 'bare hello', unit: 'p99, ms', values: [bare.p99] },
          ],
          figures: [
            { text: 'errors among them', value: errorsOf(read), unit: 'errors' },
            { text: 'answers to them', value: read.perSecond, unit: 'answers/s' },
            { text: 'p99 of the public read', value: read.p99, unit: 'ms' },
            { text: 'p99 of bare hello with as many', value: bare.p99, unit: 'ms' },
            { text: 'longest wait for a public read', value: read.longest, unit: 'ms' },
          ],
          notes: [`${connections} connections, statuses ${JSON.stringify(read.statuses)}, broken ${read.failed}`],
        }
      }),
    )
  },
}
