import { Agent } from 'node:http'
import { createUser } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { readClock } from '@jejak/db'
import { apart, noiseOf, shuffled } from '../chance.ts'
import type { Family } from '../family.ts'
import { median, quantile } from '../statistics.ts'
import { timedPost } from '../timed-post.ts'
import { openShop } from '../world/seed.ts'
import { withServers } from '../world/with-database.ts'

const kinds = ['known', 'unknown'] as const
type Kind = (typeof kinds)[number]

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

const tryIn = (url: string, { email, from }: { email: string; from: string }) =>
  timedPost(`${url}/v1/session`, {
    ...{ agent, body: { email, password: 'not this one, surely' }, headers: { 'x-forwarded-for': from } },
  })

/** Each attempt is the first of its account and address, so that none is ever locked. */
const attempt = (kind: Kind, place: number) => ({
  email: `${kind}${place}@kedai.example`,
  from: `198.18.${place >> 8}.${place & 255 || 1}`,
})

/** Whether the time of a refused sign-in tells a stranger which e-mail addresses have users. */
export const signIn: Family = {
  about: 'refused sign-ins of known and unknown e-mail addresses, 500 of each, mixed: is the time alike?',
  run: async ({ world, size, report }) => {
    const samples = size.isQuick ? 20 : 500
    const database = await world.createDatabase('sign_in')
    try {
      const shop = await openShop(database.url)
      report(`making ${samples} users`)
      const deps = { db: shop.db, clock: readClock, actor: consoleActor }
      for (let place = 0; place < samples; place++)
        await createUser(deps, {
          ...{ email: attempt('known', place).email, name: '', password: 'three cups of teh tarik' },
          ...{ isOperator: true, membership: null },
        })
      await shop.db.close()
      return await withServers(async (keep) => {
        const api = await keep(world.startApi(database.url, { env: { TRUSTED_PROXIES: 'loopback' } }))
        for (let warmUp = 0; warmUp < 20; warmUp++) await tryIn(api.url, attempt('unknown', samples + warmUp))
        const times: Record<Kind, number[]> = { known: [], unknown: [] }
        const plan = shuffled(kinds.flatMap((kind) => Array.from({ length: samples }, (_, place) => ({ kind, place }))))
        for (const { kind, place } of plan) {
          const { status, ms } = await tryIn(api.url, attempt(kind, place))
          if (status !== 401) throw new Error(`a wrong password (${kind}) was answered with ${status}`)
          times[kind].push(ms)
        }
        const inMicroseconds = 1000
        const [apartBy, byChance] = [apart(times.known, times.unknown), noiseOf(times.known, times.unknown)]
        return {
          arms: kinds.flatMap((kind) => [
            { name: kind, unit: 'median, ms', values: [median(times[kind])] },
            { name: kind, unit: 'p90, ms', values: [quantile(times[kind], 0.9)] },
          ]),
          figures: [
            { goal: 'known − unknown e-mail', value: apartBy / byChance },
            { text: 'known and unknown e-mail: medians apart', value: apartBy * inMicroseconds, unit: 'µs' },
            {
              text: 'the same by chance, 19 of 20 times less than',
              value: byChance * inMicroseconds,
              unit: 'µs',
            },
            { text: 'a refused sign-in, median', value: median(times.unknown), unit: 'ms' },
          ],
        }
      })
    } finally {
      agent.destroy()
      await database.drop()
    }
  },
}
