import { Agent } from 'node:http'
import { deriveContactKeys, hashContact } from '@jejak/core/registering'
import { apart, noiseOf, shuffled } from '../chance.ts'
import type { Family } from '../family.ts'
import { median, quantile } from '../statistics.ts'
import { timedPost } from '../timed-post.ts'
import { openShop, seedParcels } from '../world/seed.ts'
import { withServers } from '../world/with-database.ts'

const buyer = 'buyer@example.com'
const kinds = ['right', 'wrong order', 'wrong contact'] as const
type Kind = (typeof kinds)[number]

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

const post = (url: string, body: object) => timedPost(`${url}/v1/track`, { agent, body })

/** What each kind of guess asks; every pair of order and contact is new, so that none is ever locked. */
const guess = (kind: Kind, place: number) => ({
  orderNumber: kind === 'wrong order' ? `NOSUCH-${place}` : `ORDER-${place}`,
  contact: kind === 'right' ? buyer : `guess${place}@example.com`,
})

const ask = async (url: string, samples: number): Promise<Record<Kind, number[]>> => {
  const times: Record<Kind, number[]> = { right: [], 'wrong order': [], 'wrong contact': [] }
  const plan = shuffled(kinds.flatMap((kind) => Array.from({ length: samples }, (_, place) => ({ kind, place }))))
  for (const { kind, place } of plan) {
    const { status, ms } = await post(url, guess(kind, place))
    if (status !== (kind === 'right' ? 200 : 404)) throw new Error(`a look-up (${kind}) was answered with ${status}`)
    times[kind].push(ms)
  }
  return times
}

/** Whether the time of an order look-up tells a stranger which half of the guess was wrong. */
export const lookup: Family = {
  about: 'order look-ups: right, wrong order and wrong contact, 2,000 of each, mixed: is the time alike?',
  run: async ({ world, size, report }) => {
    const samples = size.isQuick ? 50 : 2_000
    const database = await world.createDatabase('lookup')
    try {
      const shop = await openShop(database.url)
      const contact = hashContact(deriveContactKeys(shop.secretKeys)[0], { email: buyer })
      report(`seeding ${samples} orders`)
      await seedParcels(shop, {
        parcels: samples,
        now: new Date(),
        withDocuments: true,
        contactEmailHmac: contact.contactEmailHmac ?? '',
      })
      await shop.db.close()
      return await withServers(async (keep) => {
        const api = await keep(world.startApi(database.url))
        for (let warmUp = 0; warmUp < 200; warmUp++) await post(api.url, guess('wrong order', -1 - warmUp))
        const times = await ask(api.url, samples)
        const { 'wrong order': wrongOrder, 'wrong contact': wrongContact } = times
        const inMicroseconds = 1000
        const [apartBy, byChance] = [apart(wrongOrder, wrongContact), noiseOf(wrongOrder, wrongContact)]
        return {
          arms: kinds.flatMap((kind) => [
            { name: kind, unit: 'median, ms', values: [median(times[kind])] },
            { name: kind, unit: 'p90, ms', values: [quantile(times[kind], 0.9)] },
          ]),
          figures: [
            { goal: 'wrong order − wrong contact', value: apartBy / byChance },
            {
              text: 'wrong order and wrong contact: medians apart',
              value: apartBy * inMicroseconds,
              unit: 'µs',
            },
            {
              text: 'the same by chance, 19 of 20 times less than',
              value: byChance * inMicroseconds,
              unit: 'µs',
            },
            { text: 'a wrong look-up, median', value: median(wrongOrder), unit: 'ms' },
            { text: 'a right look-up, median', value: median(times.right), unit: 'ms' },
          ],
        }
      })
    } finally {
      agent.destroy()
      await database.drop()
    }
  },
}
