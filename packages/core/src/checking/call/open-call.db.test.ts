import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CheckWorld, createCheckWorld } from '../../testing/index.ts'
import { leaseMs } from '../gate/gate.ts'
import type { CheckDeps } from './check-deps.ts'
import { checkBatch } from './check-due.ts'
import { type OpenCall, openCall } from './open-call.ts'

let world: CheckWorld
beforeEach(async () => {
  world = await createCheckWorld({ env: { TRACKING_CALLS_PER_SECOND: '100' } })
})
afterEach(() => world.close())

const open = async (deps: CheckDeps): Promise<OpenCall> => {
  const opening = await openCall(deps, world.installation.connectionId)
  if (!opening.granted) throw new Error(`refused: ${opening.reason}`)
  return opening.call
}
const numbersOf = ({ trackings }: OpenCall) => trackings.map(({ trackingNumber }) => trackingNumber).toSorted()
type Transaction = CheckDeps['db']['transaction']
const withTransaction = (deps: CheckDeps, transaction: Transaction): CheckDeps => ({
  ...deps,
  db: { ...deps.db, transaction },
})

test('parcels of a claim that the database lost are found again at once, also those that are overdue', async () => {
  const deps = world.process()
  await world.register(['EPTEST-IN-TRANSIT1'])
  world.clock.advance(20_000)
  await world.register(['EPTEST-DELIVERED1'])
  const lost: Transaction = (work) =>
    deps.db.transaction(async (tx) => {
      await work(tx)
      throw new Error('the connection is gone')
    })
  await expect(open(withTransaction(deps, lost))).rejects.toThrow('the connection is gone')
  expect(numbersOf(await open(deps))).toEqual(['EPTEST-DELIVERED1', 'EPTEST-IN-TRANSIT1'])
})

test('a parcel that a machine with a slow clock registers is found at once', async () => {
  const deps = world.process()
  await world.register(['EPTEST-IN-TRANSIT1'])
  await open(deps)
  world.clock.advance(-100_000)
  await world.register(['EPTEST-DELIVERED1'])
  world.clock.advance(101_000)
  expect(numbersOf(await open(deps))).toContain('EPTEST-DELIVERED1')
})

test('a worker that waited long for its turn holds its parcels for a whole lease', async () => {
  const deps = world.process()
  await world.register(['EPTEST-IN-TRANSIT1'])
  const call = await open(
    withTransaction(deps, (work) => {
      world.clock.advance(20_000)
      return deps.db.transaction(work)
    }),
  )
  expect(call.leaseUntil.getTime() - world.clock.now().getTime()).toBe(leaseMs(deps.settingsOf(null)))
})

test('a worker that wakes up after its lease does not send its call, which may be under way elsewhere', async () => {
  const deps = world.process()
  await world.register(['EPTEST-IN-TRANSIT1'])
  const slept = await open(deps)
  world.clock.advance(leaseMs(deps.settingsOf(null)) + 1)
  const other = await open(deps)
  expect(numbersOf(other)).toEqual(numbersOf(slept))
  expect(await checkBatch(deps, slept)).toMatchObject({ outcome: 'network', found: 0 })
  expect(world.simulator.stats().calls.started).toBe(0)
  expect(await checkBatch(deps, other)).toMatchObject({ outcome: 'ok', found: 1 })
})
