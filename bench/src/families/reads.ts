import type { Bench, Family, Outcome } from '../family.ts'
import type { LoadResult } from '../load/load-plan.ts'
import { assertGood, runLoad } from '../load/run-load.ts'
import { alternate } from '../rounds.ts'
import type { DirectPlan } from '../servers/direct-statements.ts'
import { ofRounds, ratios } from '../statistics.ts'
import { runScript } from '../world/scripts.ts'
import { firstNumber } from '../world/seed.ts'
import { withParcels, withServers } from '../world/with-database.ts'

const parcelsOf = (isQuick: boolean) => (isQuick ? 2_000 : 200_000)
const clients = 8

type Measured = Pick<LoadResult, 'perSecond' | 'p99'>

/** How long the answer about one parcel is. */
const answerBytes = async ({ world }: Bench, databaseUrl: string): Promise<number> => {
  const api = await world.startApi(databaseUrl, { readyPath: `/v1/track/${firstNumber}` })
  try {
    const answer = await fetch(`${api.url}/v1/track/${firstNumber}`)
    if (answer.status !== 200) throw new Error(`the public read answers ${answer.status}`)
    return (await answer.arrayBuffer()).byteLength
  } finally {
    await api.stop()
  }
}

const measure = async (bench: Bench, databaseUrl: string, bodyBytes: number) => {
  const { world, size, report } = bench
  const { connections, seconds, rounds, isQuick } = size
  const count = parcelsOf(isQuick)
  const direct: DirectPlan = { url: databaseUrl, from: firstNumber, count, clients, seconds }
  return withServers(async (keep) => {
    const api = await keep(world.startApi(databaseUrl, { bodyBytes }))
    const hello = await keep(world.startHello())
    const load = (url: string, paths: { list: string[] } | string) => async (): Promise<Measured> => {
      const asked = typeof paths === 'string' ? { prefix: paths, from: firstNumber, count } : paths
      const result = await runLoad({ url, paths: asked, connections, warmUpSeconds: 0.3, seconds })
      assertGood(JSON.stringify(paths), result)
      return result
    }
    const arms = {
      'public read': load(api.url, '/v1/track/'),
      constant: load(api.url, { list: ['/bench/constant'] }),
      'bare hello': load(hello.url, { list: ['/'] }),
      'one statement each': load(api.url, '/bench/one-statement/'),
      ORM: load(api.url, '/bench/orm/'),
      'ORM, named statements': load(api.url, '/bench/orm-named/'),
      'bare statement': async (): Promise<Measured> => ({
        ...(await runScript<{ perSecond: number }>('servers/direct-statements.ts', direct)),
        p99: Number.NaN,
      }),
    }
    // What the ORM loads at its first question belongs to no round.
    for (const way of ['orm', 'orm-named']) await fetch(`${api.url}/bench/${way}/${firstNumber}`)
    return alternate(arms, rounds, report)
  })
}

const toOutcome = (results: Awaited<ReturnType<typeof measure>>): Outcome => {
  type Name = keyof typeof results
  const names = Object.keys(results) as Name[]
  const rate = (name: Name) => results[name].map(({ perSecond }) => perSecond)
  const p99 = (name: Name) => results[name].map((result) => result.p99)
  const read = rate('public read')
  const against = (name: Name) => ofRounds(ratios(read, rate(name)))
  return {
    arms: [
      ...names.map((name) => ({ name, unit: 'answers/s', values: rate(name) })),
      ...names.slice(0, -1).map((name) => ({ name, unit: 'p99, ms', values: p99(name) })),
    ],
    figures: [
      { goal: 'read ÷ constant', ...against('constant') },
      { goal: 'read ÷ hello', ...against('bare hello') },
      { goal: 'read ÷ orm', ...against('ORM') },
      { goal: 'read p99 ÷ constant p99', ...ofRounds(ratios(p99('public read'), p99('constant'))) },
      { goal: 'read ÷ direct', ...against('bare statement') },
      { text: 'public read ÷ the ORM way with named statements', ...against('ORM, named statements'), unit: '×' },
      { text: 'public read', ...ofRounds(read), unit: 'answers/s' },
      { text: 'constant route ÷ bare hello', ...ofRounds(ratios(rate('constant'), rate('bare hello'))), unit: '×' },
      { text: 'public read ÷ one statement each', ...against('one statement each'), unit: '×' },
    ],
  }
}

/** The public read next to what the same machine does without it: a constant, bare Fastify, an ORM, no batching, no HTTP. */
export const reads: Family = {
  about:
    'the public read against a constant route, bare Fastify, the ORM way by default and with named statements, one statement each, the bare statement',
  run: (bench) => {
    const { connections, isQuick } = bench.size
    const parcels = parcelsOf(isQuick)
    return withParcels(bench, { name: 'reads', parcels, now: new Date(), withDocuments: true }, async ({ url }) => {
      const bodyBytes = await answerBytes(bench, url)
      const outcome = toOutcome(await measure(bench, url, bodyBytes))
      const note = `${parcels} parcels, ${bodyBytes} bytes an answer, ${connections} connections; the bare statement on ${clients}`
      return { ...outcome, notes: [note] }
    })
  },
}
