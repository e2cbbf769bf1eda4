import type { Family } from '../family.ts'
import { alternate } from '../rounds.ts'
import { ofRounds, ratios } from '../statistics.ts'
import { firstNumber } from '../world/seed.ts'
import type { Server } from '../world/servers.ts'
import { withParcels } from '../world/with-database.ts'

const measure = (start: () => Promise<Server>) => async () => {
  const server = await start()
  const { startMs } = server
  const memoryMiB = await server.residentMiB()
  await server.stop()
  return { startMs, memoryMiB }
}

/** From the start of the process to the first public document, next to the same for a server that does nothing. */
export const start: Family = {
  about: 'API process from its start to its first answer about a parcel, against bare Fastify; memory of both',
  run: (bench) => {
    const { world, size, report } = bench
    const notes = [
      'Second and later starts: Node finds its compile cache, as it does under npm start and in the image.',
    ]
    return withParcels(
      bench,
      { name: 'start', parcels: 100, now: new Date(), withDocuments: true },
      async ({ url }) => {
        const arms = {
          API: measure(() => world.startApi(url, { readyPath: `/v1/track/${firstNumber}` })),
          'bare Fastify': measure(() => world.startHello()),
        }
        for (const warmUp of Object.values(arms)) await warmUp()
        const results = await alternate(arms, size.rounds, report)
        const startMs = (name: keyof typeof results) => results[name].map((result) => result.startMs)
        const memory = (name: keyof typeof results) => results[name].map((result) => result.memoryMiB)
        const names = ['API', 'bare Fastify'] as const
        return {
          arms: [
            ...names.map((name) => ({ name, unit: 'start to first answer, ms', values: startMs(name) })),
            ...names.map((name) => ({ name, unit: 'memory after it, MiB', values: memory(name) })),
          ],
          figures: [
            { goal: 'api start ÷ fastify', ...ofRounds(ratios(startMs('API'), startMs('bare Fastify'))) },
            { text: 'API start to first answer', ...ofRounds(startMs('API')), unit: 'ms' },
            { text: 'memory of the API after its start', ...ofRounds(memory('API')), unit: 'MiB' },
          ],
          notes,
        }
      },
    )
  },
}
