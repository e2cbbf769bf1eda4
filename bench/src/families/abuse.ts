import type { Bench, Family, Figure } from '../family.ts'
import { type AbuseKind, type AbuseResult, abuseKinds } from '../load/abuse-plan.ts'
import type { LoadResult } from '../load/load-plan.ts'
import { assertGood, runAbuse, runLoad } from '../load/run-load.ts'
import { median, ofRounds } from '../statistics.ts'
import { firstNumber } from '../world/seed.ts'
import { withParcels, withServers } from '../world/with-database.ts'
import { benchKey } from '../world/world.ts'

const parcels = 2_000
const attackers = 8
const readers = 16
// As people read: each waits a moment before the next page.
const pauseMs = 50
const proxy = '127.0.0.3'

/** The limits of a new installation; what is not about one address is as wide as a busy machine of the tests needs. */
const settings = ({ isQuick }: Bench['size']) => ({
  LIMIT_PUBLIC_VISITS: '6000',
  LIMIT_PUBLIC_MISSES: '100',
  LOOKUP_ADDRESS_FAILURES: '60',
  HTTP_CONNECTIONS_PER_ADDRESS: isQuick ? '50' : '2000',
  TRUSTED_PROXIES: proxy,
  ...(isQuick && { OVERLOAD_DELAY_MAX: '60000', DATABASE_READ_TIMEOUT: '30000', DATABASE_CONNECT_TIMEOUT: '60000' }),
})

const nameOf = ([kind, ...others]: readonly AbuseKind[]): string => (others.length === 0 ? kind! : 'all at once')

type Attack = { abuse: AbuseResult; visitors: LoadResult }

const measure = ({ world, size, report }: Bench, url: string) =>
  withServers(async (keep) => {
    const seconds = size.isQuick ? 2 : size.seconds
    const api = await keep(world.startApi(url, { env: settings(size) }))
    const read = (name: string) =>
      runLoad({
        url: api.url,
        paths: { prefix: '/v1/track/', from: firstNumber, count: parcels },
        connections: readers,
        warmUpSeconds: 0,
        seconds,
        pauseMs,
        through: proxy,
      }).then((result) => {
        // A busy machine of the tests may answer nothing at all in time, which says nothing.
        if (!size.isQuick || result.failed > 0 || Object.keys(result.statuses).length > 0) assertGood(name, result)
        return result
      })
    const attack = async (kinds: readonly AbuseKind[], localAddress: string): Promise<Attack> => {
      const connections = Math.max(attackers, kinds.length)
      const silentConnections = size.isQuick ? 100 : 4_000
      const plan = { url: api.url, kinds, localAddress, connections, silentConnections, key: benchKey }
      const [abuse, visitors] = await Promise.all([
        runAbuse({ ...plan, seconds: seconds + 1 }),
        read(`visitors beside ${nameOf(kinds)}`),
      ])
      return { abuse, visitors }
    }
    if (!size.isQuick) await read('warm-up')
    const quiet: LoadResult[] = []
    const kindsAtOnce = size.isQuick ? [abuseKinds] : abuseKinds.map((kind) => [kind])
    const attacks = new Map(kindsAtOnce.map((kinds) => [nameOf(kinds), [] as Attack[]]))
    for (let round = 0; round < size.rounds; round++) {
      report(`round ${round + 1} of ${size.rounds}`)
      quiet.push(await read('quiet'))
      // Each has an address of its own, with limits that are not used up yet.
      for (const [at, kinds] of kindsAtOnce.entries())
        attacks.get(nameOf(kinds))!.push(await attack(kinds, `127.0.${round + 1}.${at + 10}`))
    }
    return { quiet, attacks }
  })

/** One address does its worst while others read. */
export const abuse: Family = {
  about:
    'one address with 8 connections sends the worst it may while visitors of others read: all 200, and how long they wait',
  run: (bench) =>
    withParcels(bench, { name: 'abuse', parcels, now: new Date(), withDocuments: true }, async ({ url }) => {
      const { quiet, attacks } = await measure(bench, url)
      const quietMs = quiet.map(({ p95 }) => p95)
      const unit = 'visitors: p95, ms'
      const kinds = [...attacks].map(([kind, rounds]) => ({
        kind,
        p95: rounds.map(({ visitors }) => visitors.p95),
        ratios: rounds.map(({ visitors }, round) => visitors.p95 / Math.max(quietMs[round]!, 0.01)),
        last: rounds.at(-1)!,
      }))
      const worst = kinds.toSorted((left, right) => median(right.ratios) - median(left.ratios))[0]!
      const figures: Figure[] = [
        { goal: 'visitors beside abuse', ...ofRounds(worst.ratios) },
        { text: 'p95 of visitors while all is quiet', ...ofRounds(quietMs), unit: 'ms' },
        ...kinds.map(({ kind, p95 }) => ({
          text: `p95 of visitors beside abuse: ${kind}`,
          ...ofRounds(p95),
          unit: 'ms',
        })),
      ]
      return {
        arms: [
          { name: 'quiet', unit, values: quietMs },
          ...kinds.map(({ kind, p95 }) => ({ name: kind, unit, values: p95 })),
        ],
        figures,
        notes: [`the worst is: ${worst.kind}`, ...kinds.map(({ kind, last }) => `${kind}: ${JSON.stringify(last)}`)],
      }
    }),
}
