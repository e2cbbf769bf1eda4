import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wakeConnection } from '@jejak/core/queue'
import { freePort } from '@jejak/db/embedded'
import { openDatabaseLine } from '@jejak/db/testing'
import { afterEach, expect, test } from 'vitest'
import { launchWorker, type WorkerProcess } from './testing/worker-process.ts'
import { createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

let world: WorkerWorld | undefined
let worker: WorkerProcess | undefined
afterEach(async () => {
  worker?.kill()
  await worker?.ended
  await world?.close()
  world = undefined
})

const environment = ({ databaseUrl, simulator }: WorkerWorld): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  SECRET_KEY: 'a secret that only tests know, 32 bytes',
  EASYPARCEL_BASE_URL: simulator.url,
  EASYPARCEL_CLIENT_ID: 'demo',
  EASYPARCEL_CLIENT_SECRET: 'demo-secret',
  WORKER_HEALTH_PORT: '0',
  CRON_ENABLED: 'false',
  // The test may run at any time of the day, the budget's plan must not matter.
  TRACKING_PACE_BURST: '1',
})

test('a worker that is told to stop in the middle of a slow call waits for the answer and records it', async () => {
  world = await createWorkerWorld({ simulator: { now: () => new Date(), slowMs: [1_500, 1_500] } })
  const { simulator, query } = world
  simulator.forceFault({ name: 'slow' })
  await world.register(['EPTEST-DELIVERED1'])
  await wakeConnection(world.boss, { connectionId: world.installation.connectionId })
  worker = launchWorker({ env: environment(world) })
  await expect.poll(() => simulator.stats().calls.open, { timeout: 20_000, interval: 10 }).toBe(1)
  expect(await worker.stop()).toEqual({ code: 0, signal: null })
  expect(simulator.stats().calls).toMatchObject({ started: 1, finished: 1, cut: 0 })
  expect(await query(`select outcome, found from api_calls`)).toEqual([{ outcome: 'ok', found: 1 }])
  expect(await query('select status::text as status from tracking_cache')).toEqual([{ status: 'delivered' }])
  expect(await query(`select state::text as state from pgboss.job where name = 'check-due'`)).toEqual([
    { state: 'completed' },
  ])
  expect(worker.complaints).toEqual([])
})

test('a worker that starts before its database waits for it, and says so', async () => {
  world = await createWorkerWorld()
  const port = await freePort()
  const url = new URL(world.databaseUrl)
  url.port = String(port)
  const logFile = join(tmpdir(), `jejak-late-database-${port}.log`)
  worker = launchWorker({ env: { ...environment(world), DATABASE_URL: url.href }, logFile })
  const patient = { timeout: 30_000 }
  await expect.poll(() => readFile(logFile, 'utf8'), patient).toContain('waiting for the database')
  const line = await openDatabaseLine(world.databaseUrl, port)
  await worker.ready
  expect(await worker.stop()).toEqual({ code: 0, signal: null })
  line.close()
  await rm(logFile)
})

test('a worker whose database exists nowhere, or does not let it in, says so at once and does not wait', async () => {
  world = await createWorkerWorld()
  const missing = new URL(world.databaseUrl)
  missing.pathname = '/no_such_database'
  const stranger = new URL(world.databaseUrl)
  stranger.username = 'nobody'
  for (const [url, sentence] of [
    [missing, /cannot be reached \(3D000/],
    // A server that asks for no password knows no such role.
    [stranger, /cannot be reached \((28P01|28000)/],
  ] as const) {
    worker = launchWorker({ env: { ...environment(world), DATABASE_URL: url.href } })
    expect(await worker.ended).toEqual({ code: 1, signal: null })
    expect(worker.complaints.join('\n')).toMatch(sentence)
  }
})

test('a worker that is to listen on a name which no one knows says that, and does not take it for its database', async () => {
  world = await createWorkerWorld()
  const health = { WORKER_HEALTH_PORT: String(await freePort()), WORKER_HEALTH_HOST: 'no-such-name.invalid' }
  worker = launchWorker({ env: { ...environment(world), ...health } })
  expect(await worker.ended).toEqual({ code: 1, signal: null })
  expect(worker.complaints.join('\n')).toContain('WORKER_HEALTH_HOST is no-such-name.invalid')
})

test('a worker whose settings or database are wrong says one sentence and ends with code 1', async () => {
  const env = {
    DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none',
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
    WORKER_HEALTH_PORT: '0',
    DATABASE_START_WAIT: '0',
  }
  for (const [wrong, sentence] of [
    [{}, /^The database cannot be reached \(ECONNREFUSED\): check DATABASE_URL and that the server runs.$/],
    [{ SECRET_KEY: '' }, /SECRET_KEY is required/],
    [{ DATABASE_URL: '' }, /^DATABASE_URL is not set: run `npm start` for a database of its own.$/],
  ] as const) {
    worker = launchWorker({ env: { ...env, ...wrong } })
    expect(await worker.ended).toEqual({ code: 1, signal: null })
    expect(worker.complaints.join('\n')).toMatch(sentence)
  }
})
