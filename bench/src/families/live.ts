import { fork } from 'node:child_process'
import { on, once } from 'node:events'
import { recordChanges, systemActor } from '@jejak/core/changes'
import type { Bench, Family } from '../family.ts'
import type { LiveMessage, LivePlan } from '../load/live-readers.ts'
import { alternate } from '../rounds.ts'
import { median, ofRounds, quantile } from '../statistics.ts'
import { aChange, seededParcel } from '../world/changes.ts'
import { scriptPath } from '../world/scripts.ts'
import { firstNumber, type SeededShop } from '../world/seed.ts'
import { withParcels, withServers } from '../world/with-database.ts'

const patienceMs = 60_000

const now = () => performance.timeOrigin + performance.now()

const startReaders = async (plan: LivePlan) => {
  const child = fork(scriptPath('load/live-readers.ts'), [JSON.stringify(plan)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error('the live readers ended early')
  })
  ended.catch(() => undefined)
  const next = async (): Promise<LiveMessage> => {
    const [message] = await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(patienceMs) }), ended])
    return message as LiveMessage
  }
  return {
    child,
    next,
    stop: async () => {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** Changes one parcel that someone watches and waits for the news; returns the ms from commit to arrival. */
const measureChange = async (
  { db, organizationId }: SeededShop,
  readers: Awaited<ReturnType<typeof startReaders>>,
  place: number,
) => {
  const parcel = { ...seededParcel(place), organizationId }
  const { trackingNumber } = parcel
  const messages = on(readers.child, 'message', { signal: AbortSignal.timeout(patienceMs) })
  const { id: _id, ...change } = aChange(place, new Date())
  const write = { ...change, documentVersion: `live-${now()}` }
  const changes = [{ parcel, write, entries: [{ kind: 'corrected' } as const] }]
  await db.transaction((tx) => recordChanges(tx, { actor: systemActor, now: new Date(), changes }))
  const committedAt = now()
  for await (const [message] of messages) {
    const news = message as LiveMessage
    if (news.kind === 'arrived' && news.trackingNumber === trackingNumber) return Math.max(0, news.at - committedAt)
  }
  throw new Error('the news never came')
}

type Plan = { url: string; parcels: number; streams: number; changes: number }

/** Opens all streams on an API that has just started, then changes one watched parcel after the other. */
const measure = ({ world, report }: Bench, shop: SeededShop, { url, parcels, streams, changes }: Plan) =>
  withServers(async (keep) => {
    const api = await keep(world.startApi(url))
    const emptyMiB = await api.residentMiB()
    const readers = await keep(startReaders({ url: api.url, from: firstNumber, count: parcels, streams }))
    await readers.next()
    const openMiB = await api.residentMiB()
    report(`${streams} streams are open`)
    const delays: number[] = []
    for (let change = 0; change < changes; change++)
      delays.push(await measureChange(shop, readers, (change * 37) % Math.min(parcels, streams)))
    return { emptyMiB, openMiB, medianMs: median(delays), p99Ms: quantile(delays, 0.99) }
  })

/** Thousands of pages that stay open. */
export const live: Family = {
  about: '5,000 open live streams on one API process: their memory, and how fast a change arrives',
  run: (bench) => {
    const [streams, changes, parcels] = bench.size.isQuick ? [50, 5, 200] : [5_000, 100, 5_000]
    const seed = { name: 'live', parcels, now: new Date(), withDocuments: true }
    return withParcels(bench, seed, async (shop) => {
      const plan = { url: shop.url, parcels, streams, changes }
      const { all } = await alternate({ all: () => measure(bench, shop, plan) }, bench.size.rounds, bench.report)
      const each = (name: keyof (typeof all)[number]) => all.map((round) => round[name])
      const added = all.map(({ emptyMiB, openMiB }) => openMiB - emptyMiB)
      const memory = 'memory of the API, MiB'
      return {
        arms: [
          { name: 'without streams', unit: memory, values: each('emptyMiB') },
          { name: `${streams} streams`, unit: memory, values: each('openMiB') },
          { name: 'median of a round', unit: 'from commit to reader, ms', values: each('medianMs') },
          { name: 'p99 of a round', unit: 'from commit to reader, ms', values: each('p99Ms') },
        ],
        figures: [
          { text: `memory of ${streams.toLocaleString('en')} streams`, ...ofRounds(added), unit: 'MiB' },
          { text: `from commit to reader, median of ${changes} changes`, ...ofRounds(each('medianMs')), unit: 'ms' },
          { text: `from commit to reader, p99 of ${changes} changes`, ...ofRounds(each('p99Ms')), unit: 'ms' },
        ],
      }
    })
  },
}
