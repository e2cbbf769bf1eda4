import type { Bench } from '../family.ts'
import { openShop, type SeededShop, type SeedOptions, seedParcels } from './seed.ts'

/** A database with a shop and parcels on their way, for as long as `work` takes. */
export const withParcels = async <T>(
  { world, report }: Bench,
  { name, ...seed }: { name: string } & SeedOptions,
  work: (shop: SeededShop & { url: string }) => Promise<T>,
): Promise<T> => {
  const database = await world.createDatabase(name)
  try {
    const shop = await openShop(database.url)
    try {
      report(`seeding ${seed.parcels} parcels`)
      await seedParcels(shop, seed)
      return await work({ ...shop, url: database.url })
    } finally {
      await shop.db.close()
    }
  } finally {
    await database.drop()
  }
}

/** Stops servers and the like, last opened first, whatever became of the work. */
export const withServers = async <T>(
  work: (keep: <S extends { stop: () => Promise<void> }>(server: Promise<S>) => Promise<S>) => Promise<T>,
): Promise<T> => {
  const opened: { stop: () => Promise<void> }[] = []
  try {
    return await work(async (server) => {
      const started = await server
      opened.push(started)
      return started
    })
  } finally {
    for (const server of opened.toReversed()) await server.stop()
  }
}
