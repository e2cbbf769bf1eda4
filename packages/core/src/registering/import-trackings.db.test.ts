import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemActor } from '../actor.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/check-world.ts'
import { deriveContactKeys } from './contact-hash.ts'
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
  const ofShop: typeof db.ofShop = (shop) => {
    const { sql, transaction } = db.ofShop(shop)
    return { sql, transaction: (work) => (left-- > 0 ? transaction(work) : Promise.reject(gone)) }
  }
  const deps = {
    db: { ofShop },
    boss: { send: async () => 'a job' },
    clock: async () => clock.now(),
    contactKeys: deriveContactKeys(['a secret that only tests know, 32 bytes']),
  }
  const importing = { actor: systemActor, organizationId, connectionId, accounts: [], limits }
  return importTrackings({ ...deps, isDemo: false, registerDelayMs: 0 }, { file: fileOf(lines), importing })
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

test('a file of nothing but unreadable lines lets others work in between, and its problems are told up to a thousand', async () => {
  let turns = 0
  let isDone = false
  const turn = () => {
    turns += 1
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  const report = await importWith(0, ['awb', ...Array.from({ length: 5_000 }, (_, line) => `no number ${line}/`)])
  isDone = true
  expect(turns).toBeGreaterThan(20)
  expect(report).toMatchObject({ lines: 5_000, invalid: 5_000, problemsLeftOut: 4_000 })
  expect(report.problems).toHaveLength(1_000)
  expect(report.problems[0]).toMatchObject({ line: 2 })
})

test('what cannot be read of a line is a warning of it, counted beyond a thousand', async () => {
  const lines = trackingNumbers(1_100).map((number) => `${number},******89`)
  const report = await importWith(3, ['title of the file', 'awb,phone', ...lines, ',,,'])
  expect(report).toMatchObject({ lines: 1_100, created: 1_100, invalid: 0, warningsLeftOut: 100 })
  expect(report.warnings[0]).toEqual({ line: 3, warning: expect.stringContaining('contact.phone: Left out') })
})

test('a file without a heading is refused with the cells of its first line', async () => {
  const stopped = await stopOf(0, ['Aisyah,012-345 6789', ...trackingNumbers(40)])
  expect(stopped.message).toContain('Its columns are: Aisyah, 012-345 6789. Nothing was saved.')
})

test('a title of one known word takes no heading’s place, and a file of nothing but its heading says so', async () => {
  const [number] = trackingNumbers(1)
  const report = await importWith(1, ['Tracking', 'Order,Waybill No.,Name', `1001,${number},Ali`])
  expect(report).toMatchObject({ lines: 1, created: 1, problems: [] })
  expect((await importWith(0, ['awb,order'])).problems).toEqual([
    { line: 1, problem: expect.stringContaining('no parcels below it') },
  ])
})

test('lines that a stray quotation mark has swallowed are named, and the others are saved', async () => {
  const rows = ['A000001,1,"see note', 'A000002,2,ok', 'A000003,3,"fine"', 'A000004,4,x']
  const report = await importWith(1, ['tracking_number,order,notes', ...rows])
  expect(report).toMatchObject({ lines: 2, created: 1, invalid: 1 })
  expect(report.problems).toEqual([
    { line: 2, problem: expect.stringContaining('Lines 2 to 4: a quotation mark is opened') },
  ])
})
