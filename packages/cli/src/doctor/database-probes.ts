import { clockComplaint, clockDifference, clockIsOff } from '@jejak/core/checking/overview'
import {
  compareMigrations,
  fenceIsOff,
  findFenceFaults,
  findLongestDue,
  findLongestWaitingJob,
  findOldestUnsealed,
  findServerFacts,
  listJobFailures,
  listRuleChecks,
  listRunningProcesses,
  readClock,
} from '@jejak/db'
import type { OpenedInstallation } from '../open-installation.ts'
import { fail, type Probe, pass, warn } from './probe.ts'

/** What doctors look at, with the clock of this machine. */
export type Patient = OpenedInstallation & { now: () => Date }

const minute = 60_000
const waitedMs = (since: Date | null, now: () => Date): number => (since ? now().getTime() - since.getTime() : 0)
const minutesOf = (ms: number): string => `${Math.round(ms / minute)} min`

export const database: Probe<Patient> = {
  name: 'database',
  look: async ({ ownerDb }) => {
    const { version, bytes } = await findServerFacts(ownerDb.sql)
    return pass(`PostgreSQL ${version}, ${Math.ceil(bytes / 2 ** 20)} MB.`)
  },
}

const migrations: Probe<Patient> = {
  name: 'migrations',
  look: async ({ ownerDb }) => {
    const { missing, newer } = await compareMigrations(ownerDb.sql)
    if (missing.length > 0) return fail(`${missing.length} are missing, the first is ${missing[0]}: run jejak migrate.`)
    if (newer.length > 0) return warn(`The database is of a newer release (${newer.at(-1)}): update this program.`)
    return pass('All are applied.')
  },
}

export const fence: Probe<Patient> = {
  name: 'fence between shops',
  look: async ({ config, ownerDb }) => {
    if (!config.database.isFenced) return warn(`${fenceIsOff}.`)
    const faults = await findFenceFaults(ownerDb.sql)
    return faults.length > 0
      ? fail(`${faults.slice(0, 3).join('; ')}: run jejak migrate, and find out who changed it.`)
      : pass('Each session of a shop sees its own rows.')
  },
}

/** An API process opens a pool for shops, sign-in and look-ups each, and single connections beside them. */
const connectionsNeeded = ({ apiPoolMax, readPoolMax, queuePoolMax, workerPoolMax }: Patient['config']['database']) =>
  3 * apiPoolMax + readPoolMax + queuePoolMax + 3 + workerPoolMax + queuePoolMax

const pools: Probe<Patient> = {
  name: 'connections',
  look: async ({ config, ownerDb }) => {
    const { connectionsMax, connections } = await findServerFacts(ownerDb.sql)
    const needed = connectionsNeeded(config.database)
    const said = `An API and a worker may open ${needed} of ${connectionsMax}; ${connections} are open now.`
    return needed > connectionsMax ? fail(`${said} Lower DATABASE_API_POOL, or raise max_connections.`) : pass(said)
  },
}

const queue: Probe<Patient> = {
  name: 'queue',
  look: async ({ db, ownerDb, now }) => {
    const failures = await listJobFailures(db.sql, { shop: 'all' })
    if (failures[0])
      return fail(`The job ${failures[0].queue} has failed ${failures[0].times} times: ${failures[0].message}`)
    const waitsMs = waitedMs(await findLongestWaitingJob(ownerDb.sql), now)
    return waitsMs > 5 * minute
      ? fail(`A job has waited for ${minutesOf(waitsMs)}: is a worker running?`)
      : pass('No job waits for long, and none keeps failing.')
  },
}

const processes: Probe<Patient> = {
  name: 'processes',
  look: async ({ ownerDb }) => {
    const running = await listRunningProcesses(ownerDb.sql)
    const missing = ['jejak-worker', 'jejak-api'].filter((name) => !running.includes(name))
    if (missing.length === 0) return pass('API and worker are connected.')
    return fail(`${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not connected to this database.`)
  },
}

const clock: Probe<Patient> = {
  name: 'clock',
  look: async ({ db, now }) => {
    const differenceMs = await clockDifference({ sql: db.sql, clock: readClock, now })
    return clockIsOff(differenceMs) ? fail(clockComplaint(differenceMs)) : pass('It agrees with that of the database.')
  },
}

const overdueMs = 60 * minute
const parcels: Probe<Patient> = {
  name: 'parcels',
  look: async ({ ownerDb, now }) => {
    const lateMs = waitedMs(await findLongestDue(ownerDb.sql, now()), now)
    return lateMs > overdueMs
      ? warn(`A parcel has been due for ${minutesOf(lateMs)}: see docs/runbooks/parcels-are-not-being-checked.md.`)
      : pass('None is overdue by more than an hour, accounts that are paused or not connected left out.')
  },
}

const audit: Probe<Patient> = {
  name: 'audit log',
  look: async ({ ownerDb, now }) => {
    const waitsMs = waitedMs(await findOldestUnsealed(ownerDb.sql), now)
    return waitsMs > 10 * minute
      ? warn(`An entry has not been sealed for ${minutesOf(waitsMs)}: a worker does that each minute.`)
      : pass('Its entries are sealed.')
  },
}

const rules: Probe<Patient> = {
  name: 'rules',
  look: async ({ ownerDb, now }) => {
    const checks = await listRuleChecks(ownerDb.sql)
    const [first] = checks
    if (!first) return warn('No one has looked yet: the tick maintenance does that every night.')
    if (first.failing > 0)
      return fail(`Broken: ${first.rule} (${first.failing}): see jejak system and jejak consistency:verify.`)
    return waitedMs(first.checkedAt, now) > 2 * 24 * 60 * minute
      ? warn('No one has looked for two days: does the tick maintenance run?')
      : pass(`All ${checks.length} held when the tick maintenance looked.`)
  },
}

/** What the database tells of the deployment. */
export const databaseProbes = [database, migrations, fence, pools, queue, processes, clock, parcels, rules, audit]
