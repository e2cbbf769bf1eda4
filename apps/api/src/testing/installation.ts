import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateQueue } from '@jejak/core/queue'
import { connect, type Db, migrate } from '@jejak/db'
import { eraseEmbedded, startEmbedded } from '@jejak/db/embedded'
import { type DatabaseLine, openDatabaseLine } from '@jejak/db/testing'
import { type Simulator, startSimulator } from '@jejak/easyparcel-simulator'
import { type RealProcess, startProcess } from './real-process.ts'

/** All that runs in a small shop, as processes: a database server of its own, the API, a worker, and EasyParcel's look-alike. */
export type Installation = {
  url: string
  db: Db
  api: RealProcess
  worker: RealProcess
  simulator: Simulator
  line: DatabaseLine
  stopDatabase: () => Promise<void>
  startDatabase: () => Promise<void>
  register: (trackingNumbers: readonly string[]) => Promise<void>
  /** The key of a signed link to a registered parcel. */
  linkKeyOf: (trackingNumber: string) => Promise<string>
  close: () => Promise<void>
}

const key = 'jejak_bootstrap_key_of_the_tests'
const everyThreeSeconds = '0.05'

const environment = (databaseUrl: string, simulatorUrl: string, port: number): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  DATABASE_READ_TIMEOUT: '500',
  HOST: '127.0.0.1',
  PORT: String(port),
  WORKER_HEALTH_PORT: '0',
  SECRET_KEY: 'a secret that only tests know, 32 bytes',
  BOOTSTRAP_API_KEY: key,
  HTTP_CACHE_MAX: '0',
  LIMIT_PUBLIC_VISITS: '1000000000',
  EASYPARCEL_BASE_URL: simulatorUrl,
  EASYPARCEL_CLIENT_ID: 'demo',
  EASYPARCEL_CLIENT_SECRET: 'demo-secret',
  EASYPARCEL_ACCESS_TOKEN: 'demo-access-token',
  EASYPARCEL_REFRESH_TOKEN: 'demo-refresh-token',
  SYNC_ENABLED: 'false',
  CRON_URGENT: '* * * * * *',
  CRON_REGULAR: '* * * * * *',
  TRACKING_API_TIMEOUT: '1000',
  TRACKING_CALLS_PER_SECOND: '20',
  TRACKING_DAILY_BUDGET: '1000000',
  TRACKING_PACE_BURST: '1',
  TRACKING_QUIET_HOURS: 'off',
  TRACKING_REST_DAY_FACTOR: '1',
  TRACKING_REGISTER_DELAY: '0',
  TRACKING_PRE_SHIPMENT_FREQ: everyThreeSeconds,
  TRACKING_IN_TRANSIT_FREQ: everyThreeSeconds,
  TRACKING_OUT_FOR_DELIVERY_FREQ: everyThreeSeconds,
  TRACKING_EXCEPTION_FREQ: everyThreeSeconds,
  TRACKING_UNKNOWN_LADDER: everyThreeSeconds,
  TRACKING_MIN_FREQ: '0.02',
  TRACKING_BACKOFF: '0.02',
  TRACKING_BREAKER_COOLDOWN: '1',
})

const startServer = async () => {
  // A name that the next test run sweeps away, should this one be killed.
  const dir = await mkdtemp(join(tmpdir(), 'jejak-test-'))
  await chmod(dir, 0o755)
  const start = (port: number) =>
    startEmbedded({ dataDir: dir, port, log: () => undefined, settings: { fsync: 'off' } })
  let server = await start(0)
  const { url, port } = server
  return {
    url,
    stop: () => server.stop(),
    start: async () => {
      server = await start(port)
    },
    erase: async () => {
      await eraseEmbedded(dir)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const aFreePort = async (): Promise<number> => {
  const simulator = await startSimulator({ port: 0 })
  await simulator.close()
  return simulator.port
}

export const startInstallation = async (): Promise<Installation> => {
  const server = await startServer()
  await migrate({ url: server.url, log: () => undefined })
  await migrateQueue(server.url)
  const simulator = await startSimulator({ speed: 1 })
  const line = await openDatabaseLine(server.url)
  const port = await aFreePort()
  const env = environment(line.url, simulator.url, port)
  const api = await startProcess(new URL('../main.ts', import.meta.url), 'api started', env)
  // The worker has a line of its own: what befalls the API's does not befall it.
  const worker = await startProcess(new URL('../../../worker/src/main.ts', import.meta.url), 'worker started', {
    ...env,
    DATABASE_URL: server.url,
  })
  const db = connect({
    as: 'owner',
    url: server.url,
    poolMax: 2,
    statementTimeoutMs: 5_000,
    connectTimeoutMs: 5_000,
    applicationName: 'jejak-test-faults',
    onError: () => undefined,
  })
  const url = `http://127.0.0.1:${port}`
  const ask = async <Answer>(path: string, body: object): Promise<Answer> => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return (await answer.json()) as Answer
  }
  return {
    url,
    db,
    api,
    worker,
    simulator,
    line,
    stopDatabase: server.stop,
    startDatabase: server.start,
    register: async (trackingNumbers) => {
      simulator.book(trackingNumbers.map((awb) => ({ awb })))
      await ask('/v1/trackings/bulk', { trackings: trackingNumbers.map((trackingNumber) => ({ trackingNumber })) })
    },
    linkKeyOf: async (trackingNumber) => {
      const { id } = await ask<{ id: string }>('/v1/trackings', { trackingNumber })
      const link = await ask<{ url: string }>(`/v1/trackings/${id}/link`, {})
      return new URL(link.url).searchParams.get('k')!
    },
    close: async () => {
      await Promise.all([api.stop(), worker.stop()])
      await simulator.close().catch(() => undefined)
      await db.close()
      line.close()
      await server.erase()
    },
  }
}
