import { Agent, request } from 'node:http'
import type { Family, Outcome } from '../family.ts'
import { assertGood, runLoad } from '../load/run-load.ts'
import { alternate } from '../rounds.ts'
import { ofRounds, ratios } from '../statistics.ts'
import { firstNumber } from '../world/seed.ts'
import { withParcels, withServers } from '../world/with-database.ts'
import { benchKey } from '../world/world.ts'

const clients = 8

/** Asks for the newest page of the shop's parcels again and again, `clients` at a time; tells the answers a second. */
const listFor = async (url: string, seconds: number): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const headers = { authorization: `Bearer ${benchKey}` }
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const asked = request(`${url}/v1/trackings?limit=50`, { agent, headers }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`a list was answered with ${answer.statusCode}`))
        answer.once('end', resolve).once('error', reject).resume()
      })
      asked.once('error', reject).end()
    })
  const startedAt = performance.now()
  let answers = 0
  const keepAsking = async () => {
    while (performance.now() - startedAt < seconds * 1000) {
      await ask()
      answers += 1
    }
  }
  await Promise.all(Array.from({ length: clients }, keepAsking))
  const tookMs = performance.now() - startedAt
  agent.destroy()
  return (answers / tookMs) * 1000
}

/** What the fence between shops costs: the same API with it and without, on one database, in turns. */
export const fence: Family = {
  about: 'public reads and a shop’s list, behind the fence and with FENCE=off, in turns',
  run: (bench) => {
    const { connections, seconds, rounds, isQuick } = bench.size
    const parcels = isQuick ? 2_000 : 100_000
    return withParcels(bench, { name: 'fence', parcels, now: new Date(), withDocuments: true }, ({ url }) =>
      withServers(async (keep) => {
        const fenced = await keep(bench.world.startApi(url))
        const unfenced = await keep(bench.world.startApi(url, { env: { FENCE: 'off' } }))
        const read = (api: { url: string }) => async (): Promise<number> => {
          const paths = { prefix: '/v1/track/', from: firstNumber, count: parcels }
          const result = await runLoad({ url: api.url, paths, connections, warmUpSeconds: 0.3, seconds })
          assertGood('public read', result)
          return result.perSecond
        }
        const list = (api: { url: string }) => () => listFor(api.url, seconds)
        const arms = {
          'public read, fenced': read(fenced),
          'public read, FENCE=off': read(unfenced),
          'list, fenced': list(fenced),
          'list, FENCE=off': list(unfenced),
        }
        // What a first question opens and plans belongs to no round.
        for (const api of [fenced, unfenced]) await listFor(api.url, 0.5)
        return toOutcome(await alternate(arms, rounds, bench.report), parcels)
      }),
    )
  },
}

type Results = Record<'public read, fenced' | 'public read, FENCE=off' | 'list, fenced' | 'list, FENCE=off', number[]>

const toOutcome = (results: Results, parcels: number): Outcome => ({
  arms: Object.entries(results).map(([name, values]) => ({ name, unit: 'answers/s', values })),
  figures: [
    {
      goal: 'fenced read ÷ unfenced',
      ...ofRounds(ratios(results['public read, fenced'], results['public read, FENCE=off'])),
    },
    { goal: 'fenced list ÷ unfenced', ...ofRounds(ratios(results['list, fenced'], results['list, FENCE=off'])) },
  ],
  notes: [`${parcels} parcels of one shop, 50 on a page, ${clients} clients for the list`],
})
