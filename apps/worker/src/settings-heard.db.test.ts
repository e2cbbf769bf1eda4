import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { launchWorker, type WorkerProcess } from './testing/worker-process.ts'
import { createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

let world: WorkerWorld
let folder: string
let worker: WorkerProcess | undefined
beforeEach(async () => {
  world = await createWorkerWorld()
  folder = await mkdtemp(join(tmpdir(), 'jejak-test-'))
}, 120_000)
afterEach(async () => {
  await worker?.stop()
  await world.close()
  await rm(folder, { recursive: true })
}, 120_000)

test('a running worker hears of what is stored for a shop, though no one tells it', async () => {
  const logFile = join(folder, 'worker.log')
  worker = launchWorker({
    logFile,
    env: {
      DATABASE_URL: world.databaseUrl,
      SECRET_KEY: 'a secret that only tests know, 32 bytes',
      EASYPARCEL_BASE_URL: world.simulator.url,
      EASYPARCEL_CLIENT_ID: 'demo',
      EASYPARCEL_CLIENT_SECRET: 'demo-secret',
      WORKER_HEALTH_PORT: '0',
      CRON_ENABLED: 'false',
    },
  })
  await worker.ready
  // What it cannot use, it says.
  await world.query(
    `insert into shop_settings (organization_id, name, value, set_at, set_by) values ($1, 'in_transit_freq', 'often', now(), 'console')`,
    [world.installation.organizationId],
  )
  await expect
    .poll(() => readFile(logFile, 'utf8'), { timeout: 60_000, interval: 100 })
    .toContain('in_transit_freq must be a number of minutes from 0.001 to 43200')
}, 240_000)
