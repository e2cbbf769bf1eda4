import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/check-world.ts'
import { ImportStoppedError, importTrackings } from './import-trackings.ts'

const limits = { bytesMax: 1_000_000, linesMax: 10_000 }
const gone = new Error('Connection terminated unexpectedly')

let world: CheckWorld
beforeEach(async () => {
  world = await createCheckWorld()
})
afterEach(() => world.close())

async function* fileOf(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(lines.map((line) => `${line}\n`).join(''))
}

/** Imports while the database serves so many transactions and no more. */
const importWith = async (transactions: number, lines: readonly string[]) => {
  const { db, installation, clock } = world
  const { organizationId, connectionId } = installation
  let left = transactions
  const transaction: typeof db.transaction = (work) => (left-- > 0 ? db.transaction(work) : Promise.reject(gone))
  const deps = {
    db: { transaction },
    boss: { send: async () => 'a job' },
    clock: async () => clock.now(),
    contactKey: Buffer.alloc(32),
  }
  const importing = { organizationId, connectionId, limits }
  return importTrackings({ ...deps, isDemo: false, registerDelayMs: 0 }, fileOf(lines), importing)
}
const stopOf = async (transactions: number, lines: readonly string[]): Promise<ImportStoppedError> => {
  const stopped = await importWith(transactions, lines).catch((error: unknown) => error)
  if (!(stopped instanceof ImportStoppedError)) throw stopped
  return stopped
}
const saved = async () => (await world.query<{ n: number }>('select count(*)::int as n from tracking_cache'))[0]!.n

test('a database that goes away before the last parcels of a file is told together with what is saved', async () => {
  const stopped = await stopOf(1, ['awb', ...trackingNumbers(700)])
  expect(stopped.message).toMatch(/^The import was cut off\. Saved before that: 500 new parcels; 0 were there already/)
  expect(stopped).toMatchObject({ cause: gone, report: { lines: 700, created: 500 } })
  expect(await saved()).toBe(500)
})

test('a file that cannot be read on, on top of a database that is gone, still tells what is saved', async () => {
  const stopped = await stopOf(1, ['awb', ...trackingNumbers(700), '"never closed'])
  expect(stopped).toMatchObject({ cause: gone, report: { created: 500 } })
})

test('what came before a line that ends the reading is saved', async () => {
  const stopped = await stopOf(2, ['awb', ...trackingNumbers(700), '"never closed'])
  expect(stopped.message).toMatch(/cannot be read on.*Saved before that: 700 new parcels/)
  expect(await saved()).toBe(700)
})
