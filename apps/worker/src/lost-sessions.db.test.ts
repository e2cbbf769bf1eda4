import { wakeConnection } from '@jejak/core/queue'
import { holdTable, openDatabaseLine } from '@jejak/db/testing'
import { afterEach, expect, test } from 'vitest'
import { launchWorker, type WorkerProcess } from './testing/worker-process.ts'
import { createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

let world: WorkerWorld
let worker: WorkerProcess | undefined
afterEach(async () => {
  worker?.kill()
  await worker?.ended
  await world.close()
})

const patient = { timeout: 30_000, interval: 50 }

const startWorker = async (databaseUrl: string, env: Record<string, string> = {}): Promise<WorkerProcess> => {
  worker = launchWorker({
    env: {
      DATABASE_URL: databaseUrl,
      SECRET_KEY: 'a secret that only tests know, 32 bytes',
      EASYPARCEL_BASE_URL: world.simulator.url,
      EASYPARCEL_CLIENT_ID: 'demo',
      EASYPARCEL_CLIENT_SECRET: 'demo-secret',
      WORKER_HEALTH_PORT: '0',
      CRON_ENABLED: 'false',
      TRACKING_PACE_BURST: '1',
      ...env,
    },
  })
  await worker.ready
  return worker
}

/** Wakes the connection and waits until the claim stands still in the middle of its transaction. */
const startClaim = async () => {
  await world.register(['EPTEST-DELIVERED1'])
  const held = await holdTable(world.databaseUrl, 'api_calls')
  await wakeConnection(world.boss, { connectionId: world.installation.connectionId })
  await expect.poll(() => held.waiting('jejak-worker'), patient).not.toEqual([])
  return held
}

test.each([
  ['its first transaction', 'installation', 'jejak-worker'],
  ['the start of its queue', 'pgboss.version', 'jejak-worker-queue'],
  ['the count of its accounts', 'connections', 'jejak-worker'],
])('a worker whose session is ended in %s starts all the same', async (_, table, session) => {
  world = await createWorkerWorld()
  const held = await holdTable(world.databaseUrl, table)
  const started = startWorker(world.databaseUrl)
  await expect.poll(() => held.waiting(session), patient).not.toEqual([])
  await held.cutWaiting(session)
  await held.letGo()
  await started
  expect(await worker!.stop()).toEqual({ code: 0, signal: null })
})

test('a worker that is told to stop while its database is away stops', async () => {
  world = await createWorkerWorld()
  const held = await holdTable(world.databaseUrl, 'installation')
  const started = startWorker(world.databaseUrl, { DATABASE_STATEMENT_TIMEOUT: '100' })
  await expect.poll(() => held.waiting('jejak-worker'), patient).not.toEqual([])
  expect(await worker!.stop()).toEqual({ code: 0, signal: null })
  await expect(started).rejects.toThrow('ended before it was ready')
  await held.letGo()
})

const expectChecked = () =>
  expect
    .poll(async () => {
      await wakeConnection(world.boss, { connectionId: world.installation.connectionId })
      return world.query('select status::text as status from tracking_cache')
    }, patient)
    .toEqual([{ status: 'delivered' }])

test('a worker whose database session is ended in the middle of a claim lives on, and the parcel is checked after all', async () => {
  world = await createWorkerWorld({ simulator: { now: () => new Date() } })
  const { ended, pid } = await startWorker(world.databaseUrl)
  const held = await startClaim()
  await held.cutWaiting('jejak-worker')
  await expect.poll(() => held.waiting('jejak-worker'), patient).toEqual([])
  await held.letGo()
  await expectChecked()
  expect(process.kill(pid!, 0)).toBe(true)
  void ended
})

test('a worker whose database falls silent in the middle of a claim lives on, and the parcel is checked after all', async () => {
  world = await createWorkerWorld({ simulator: { now: () => new Date() } })
  const line = await openDatabaseLine(world.databaseUrl)
  const { pid } = await startWorker(line.url, { DATABASE_STATEMENT_TIMEOUT: '1000' })
  const held = await startClaim()
  line.silence()
  await held.letGo()
  await expect.poll(() => worker!.complaints.join('\n'), patient).toMatch(/Query read timeout|Connection terminated/)
  line.restore()
  await expectChecked()
  expect(process.kill(pid!, 0)).toBe(true)
  line.close()
})
