import { type Config, loadConfig } from '@jejak/config'
import { type Db, insertTrackings, type SessionRole } from '@jejak/db'
import { connectTest, createTestDatabase } from '@jejak/db/testing'
import { type Simulator, type SimulatorOptions, startSimulator } from '@jejak/easyparcel-simulator'
import pino from 'pino'
import { type CheckDeps, createCheckDeps } from '../checking/index.ts'
import { type Installation, prepareInstallation } from '../installing/index.ts'
import { deriveContactKeys } from '../registering/contact-hash.ts'
import { toNewTracking } from '../registering/to-new-tracking.ts'
import { sameForAll } from '../settings/settings-in-force.ts'

/** Time that a test moves by hand. */
export type HandClock = { now: () => Date; advance: (ms: number) => void }

export const createHandClock = (start: string): HandClock => {
  let at = Date.parse(start)
  return {
    now: () => new Date(at),
    advance: (ms) => {
      at += ms
    },
  }
}

/** Everything the check flow needs, real: a database of its own, EasyParcel's simulator over HTTP, and a clock that both share. */
export type CheckWorld = {
  config: Config
  db: Db
  databaseUrl: string
  simulator: Simulator
  installation: Installation
  clock: HandClock
  /** The check flow of one more process: its own memory, the same database. Waiting moves the clock instead of taking time. */
  process: () => CheckDeps
  /** Registers parcels at this moment; returns their ids by number. */
  register: (trackingNumbers: readonly string[]) => Promise<Map<string, string>>
  /** The rows of one statement. */
  query: <Row extends object>(text: string, values?: unknown[]) => Promise<Row[]>
  close: () => Promise<void>
}

export type CheckWorldOptions = { env?: Record<string, string>; simulator?: SimulatorOptions; startAt?: string }

const testEnv = (simulatorUrl: string): Record<string, string> => ({
  SECRET_KEY: 'a secret that only tests know, 32 bytes',
  EASYPARCEL_BASE_URL: simulatorUrl,
  EASYPARCEL_CLIENT_ID: 'demo',
  EASYPARCEL_CLIENT_SECRET: 'demo-secret',
  EASYPARCEL_ACCESS_TOKEN: 'demo-access-token',
  EASYPARCEL_REFRESH_TOKEN: 'demo-refresh-token',
  TRACKING_API_TIMEOUT: '2000',
})

/** Builds a world; call `close` when done with it. */
export const createCheckWorld = async (options: CheckWorldOptions = {}): Promise<CheckWorld> => {
  const clock = createHandClock(options.startAt ?? '2026-11-17T02:00:00Z')
  const simulator = await startSimulator({ now: clock.now, ...options.simulator })
  const database = await createTestDatabase()
  const config = loadConfig({ ...testEnv(simulator.url), ...options.env })
  const log = pino({ level: 'silent' })
  const open = (as: SessionRole) => connectTest(database.url, { as, poolMax: 20, statementTimeoutMs: 30_000 })
  // As in production; what tests themselves look at and change, they do as the owner.
  const [db, ownerDb] = [open('worker'), open('owner')]
  const installation = await prepareInstallation(db, config)
  return {
    config,
    db,
    databaseUrl: database.url,
    simulator,
    installation,
    clock,
    process: () => ({
      ...createCheckDeps({
        ...{ db, config, installation, log, now: clock.now, clock: async () => clock.now() },
        ...sameForAll(config.tracking),
      }),
      sleep: async (ms) => clock.advance(ms),
    }),
    register: (trackingNumbers) => register(db, installation, trackingNumbers, clock.now()),
    query: async (text, values) => (await ownerDb.sql.query(text, values)).rows,
    close: async () => {
      await Promise.all([db.close(), ownerDb.close()])
      await database.drop()
      await simulator.close()
    },
  }
}

const register = async (db: Db, installation: Installation, trackingNumbers: readonly string[], now: Date) => {
  const { organizationId, connectionId, isDemo, secretKeys } = installation
  const deps = { contactKeys: deriveContactKeys(secretKeys), isDemo }
  const trackings = trackingNumbers.map((trackingNumber) => toNewTracking(deps, { trackingNumber }))
  const registered = await db.transaction((tx) => insertTrackings(tx, { organizationId, connectionId, now, trackings }))
  return new Map(registered.map(({ trackingNumber, id }) => [trackingNumber, id]))
}

/** Tracking numbers in J&T's form, different ones for different places. */
export const trackingNumbers = (amount: number, from = 0): string[] =>
  Array.from({ length: amount }, (_, place) => String(630_000_000_000 + from + place))
