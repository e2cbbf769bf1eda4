import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateQueue } from '@jejak/core/queue'
import { migrate } from '@jejak/db'
import { eraseEmbedded, startEmbedded } from '@jejak/db/embedded'
import pg from 'pg'
import { scriptPath } from './scripts.ts'
import { apiMain, helloArgs, logPath, type Server, startServer, workerMain } from './servers.ts'

/** A migrated database with the queue's tables, of one family. */
export type BenchDatabase = { url: string; drop: () => Promise<void> }

/** What families measure in: one Postgres, and processes as operators start them. */
export type World = {
  postgres: string
  /** Folder of the logs of the processes. */
  dir: string
  createDatabase: (name: string) => Promise<BenchDatabase>
  /** `bodyBytes` adds the baseline routes; the constant one answers with so many bytes. */
  startApi: (
    url: string,
    options?: { env?: Record<string, string>; bodyBytes?: number; readyPath?: string },
  ) => Promise<Server>
  startWorker: (url: string, easyparcelUrl: string, env?: Record<string, string>) => Promise<Server>
  startHello: () => Promise<Server>
  close: () => Promise<void>
}

/** The key that the API takes in benchmarks; its database lives no longer than the run. */
export const benchKey = 'jejak_key_that_only_benchmarks_know'

// Limits are counted as in production, but one machine plays thousands of visitors here.
const wideLimits = {
  LIMIT_PUBLIC_VISITS: '1000000000',
  LIMIT_PUBLIC_MISSES: '1000000000',
  LOOKUP_ADDRESS_FAILURES: '1000000000',
  LOOKUP_ORDER_FAILURES: '1000000000',
  LIMIT_SHOP_WRITES: '1000000000',
  HTTP_CONNECTIONS_PER_ADDRESS: '100000',
  LIVE_STREAMS_PER_ADDRESS: '100000',
  LIVE_STREAMS_MAX: '100000',
}

/** The settings of a process on this database; its EasyParcel account is never asked unless a worker runs. */
export const environmentOf = (url: string, easyparcelUrl = 'http://127.0.0.1:9'): Record<string, string> => ({
  DATABASE_URL: url,
  SECRET_KEY: 'a secret that only benchmarks know, 32 bytes',
  BOOTSTRAP_API_KEY: benchKey,
  EASYPARCEL_BASE_URL: easyparcelUrl,
  EASYPARCEL_CLIENT_ID: 'demo',
  EASYPARCEL_CLIENT_SECRET: 'demo-secret',
  EASYPARCEL_ACCESS_TOKEN: 'demo-access-token',
  EASYPARCEL_REFRESH_TOKEN: 'demo-refresh-token',
  ...wideLimits,
})

// Durable as in production, with memory enough that no figure depends on the disk's read speed.
const serverSettings = { shared_buffers: '1GB', max_wal_size: '8GB', checkpoint_timeout: '15min' }

const withDatabase = (url: string, name: string): string => {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

const admin = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const createDatabase = async (adminUrl: string, name: string): Promise<BenchDatabase> => {
  const drop = () =>
    admin(adminUrl, async (client) => void (await client.query(`drop database if exists ${name} with (force)`)))
  await drop()
  await admin(adminUrl, (client) => client.query(`create database ${name}`))
  const url = withDatabase(adminUrl, name)
  await migrate({ url, log: () => undefined })
  await migrateQueue(url)
  return { url, drop }
}

/** A world on a server that is there already, which keeps nothing of it. */
export const openWorld = async (adminUrl: string): Promise<World> => {
  const dir = await mkdtemp(join(tmpdir(), 'jejak-bench-logs-'))
  const postgres = await admin(
    adminUrl,
    async (client) => (await client.query('show server_version')).rows[0].server_version,
  )
  return {
    postgres,
    dir,
    createDatabase: (name) => createDatabase(adminUrl, `jejak_bench_${name}_${process.pid}`),
    startApi: (url, { env = {}, bodyBytes, readyPath = '/health/ready' } = {}) =>
      startServer({
        args: bodyBytes === undefined ? [apiMain] : ['--import', scriptPath('servers/extra-routes.ts'), apiMain],
        env: { ...environmentOf(url), ...(bodyBytes && { BENCH_BODY_BYTES: String(bodyBytes) }), ...env },
        readyPath,
        logFile: logPath(dir, 'api'),
      }),
    startWorker: (url, easyparcelUrl, env = {}) =>
      startServer({
        args: [workerMain],
        env: { ...environmentOf(url, easyparcelUrl), ...env },
        portVariable: 'WORKER_HEALTH_PORT',
        readyPath: '/health/ready',
        logFile: logPath(dir, 'worker'),
      }),
    startHello: () => startServer({ args: helloArgs, env: {}, readyPath: '/', logFile: logPath(dir, 'hello') }),
    close: () => rm(dir, { recursive: true, force: true }),
  }
}

/** A world with a Postgres of its own, durable, erased in the end. */
export const createWorld = async (): Promise<World> => {
  // A name that the next test run sweeps away, should this process be killed.
  const dataDir = await mkdtemp(join(tmpdir(), 'jejak-test-bench-'))
  await chmod(dataDir, 0o755)
  const erase = async () => {
    await eraseEmbedded(dataDir)
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    const server = await startEmbedded({ dataDir, port: 0, log: () => undefined, settings: serverSettings })
    const world = await openWorld(server.adminUrl)
    return {
      ...world,
      close: async () => {
        await world.close()
        await erase()
      },
    }
  } catch (error) {
    await erase()
    throw error
  }
}
