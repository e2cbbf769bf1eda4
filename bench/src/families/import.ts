import type { Bench, Family } from '../family.ts'
import { alternate } from '../rounds.ts'
import { ofRounds } from '../statistics.ts'
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

/** Imports into an empty database, through an API that has just started. */
const measure = async ({ world }: Bench, lines: number) => {
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
      return { perSecond, beforeMiB, peakMiB: await api.peakMiB() }
    })
  } finally {
    await database.drop()
  }
}

/** A whole shop's history in one file. */
export const importLines: Family = {
  about: '100,000 CSV lines over HTTP into an empty database: how fast, and how much memory',
  run: async (bench) => {
    const lines = bench.size.isQuick ? 2_000 : 100_000
    const { all } = await alternate({ all: () => measure(bench, lines) }, bench.size.rounds, bench.report)
    const perSecond = all.map((round) => round.perSecond)
    const added = all.map(({ beforeMiB, peakMiB }) => peakMiB - beforeMiB)
    const memory = 'peak memory of the API, MiB'
    return {
      arms: [
        { name: 'lines imported', unit: 'lines/s', values: perSecond },
        { name: 'before', unit: memory, values: all.map(({ beforeMiB }) => beforeMiB) },
        { name: 'after', unit: memory, values: all.map(({ peakMiB }) => peakMiB) },
      ],
      figures: [
        { text: `import of ${lines.toLocaleString('en')} lines`, ...ofRounds(perSecond), unit: 'lines/s' },
        { text: 'memory that it added at its peak', ...ofRounds(added), unit: 'MiB' },
      ],
    }
  },
}
