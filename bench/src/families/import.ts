import type { Family } from '../family.ts'
import { withServers } from '../world/with-database.ts'
import { benchKey } from '../world/world.ts'

const heading = 'tracking_number,courier,order_number,email,phone\n'
const linesAtOnce = 1_000

async function* csvOf(lines: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(heading)
  for (let from = 0; from < lines; from += linesAtOnce) {
    const amount = Math.min(linesAtOnce, lines - from)
    const block = Array.from({ length: amount }, (_, at) => {
      const place = from + at
      const phone = `01${String(20_000_000 + place)}`
      return `${640_000_000_000 + place},J&T Express,WEB-${place},buyer${place}@example.com,${phone}\n`
    })
    yield Buffer.from(block.join(''))
  }
}

/** A whole shop's history in one file. */
export const importLines: Family = {
  about: '100,000 CSV lines over HTTP: how fast, and how much memory',
  run: async ({ world, size }) => {
    const lines = size.isQuick ? 2_000 : 100_000
    const database = await world.createDatabase('import')
    try {
      return await withServers(async (keep) => {
        const api = await keep(world.startApi(database.url))
        const beforeMiB = await api.peakMiB()
        const begunAt = performance.now()
        const answer = await fetch(`${api.url}/v1/trackings/import`, {
          method: 'POST',
          headers: { authorization: `Bearer ${benchKey}`, 'content-type': 'text/csv' },
          body: ReadableStream.from(csvOf(lines)),
          duplex: 'half',
        })
        const report = (await answer.json()) as { created?: number }
        const perSecond = (lines / (performance.now() - begunAt)) * 1000
        if (answer.status !== 200 || report.created !== lines)
          throw new Error(`the import answered ${answer.status}: ${JSON.stringify(report).slice(0, 500)}`)
        const peakMiB = await api.peakMiB()
        return {
          arms: [
            { name: 'lines imported', unit: 'lines/s', values: [perSecond] },
            { name: 'before', unit: 'peak memory of the API, MiB', values: [beforeMiB] },
            { name: 'after', unit: 'peak memory of the API, MiB', values: [peakMiB] },
          ],
          figures: [
            { text: `import of ${lines} lines`, value: perSecond, unit: 'lines/s' },
            { text: 'memory that it added at its peak', value: peakMiB - beforeMiB, unit: 'MiB' },
          ],
        }
      })
    } finally {
      await database.drop()
    }
  },
}
