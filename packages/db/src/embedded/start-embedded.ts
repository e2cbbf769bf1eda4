import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ensureDatabase } from './app-role.ts'
import { binary } from './binaries.ts'
import { keepLogBounded } from './bound-log.ts'
import { dataOf, ensureCluster, readPassword } from './cluster.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import { freePort } from './free-port.ts'
import { guardServer } from './guard.ts'

import { noteOwner, otherOwner } from './owner.ts'
import { openDataDir, type Place, settlePlace } from './place.ts'
import { runCommand } from './run-command.ts'
import { findRunningServer, type RunningServer, urlOf } from './running-server.ts'
import { stopServer } from './stop-server.ts'

export type EmbeddedOptions = {
  readonly dataDir: string
  /** Wanted port on 127.0.0.1; another free one is taken when it is in use. */
  readonly port: number
  readonly log: (line: string) => void
  /** Server settings beyond our own, such as `fsync: 'off'` in tests: plain words and numbers only. */
  readonly settings?: Readonly<Record<string, string>>
}

export type EmbeddedServer = {
  /** As the role that Jejak works as, which owns the database and is no superuser. */
  readonly url: string
  /** As the superuser, for set-up only. */
  readonly adminUrl: string
  readonly port: number
  /** Stops the server, unless another living process started it. Who ends without asking for it has it stopped all the same. */
  readonly stop: () => Promise<void>
  /** Starts a server that has ended again; throws when its port is taken by now. */
  readonly revive: () => Promise<void>
}

const DATABASE = 'jejak'
const STARTS_MAX = 5

const logFileOf = ({ home }: Place) => join(home, 'server.log')

const settingsOf = (port: number, extra: EmbeddedOptions['settings']) => ({
  port: String(port),
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  jit: 'off',
  log_checkpoints: 'off',
  // The failing row of a DETAIL line is someone's data.
  log_error_verbosity: 'terse',
  ...extra,
})

const launch = async (place: Place, port: number, extra: EmbeddedOptions['settings']) => {
  const options = Object.entries(settingsOf(port, extra)).map(([name, value]) => `-c ${name}=${value}`)
  await rename(logFileOf(place), `${logFileOf(place)}.old`).catch(() => {})
  return runCommand(
    [
      binary(place.binaries, 'pg_ctl'),
      'start',
      '-D',
      dataOf(place),
      '-l',
      logFileOf(place),
      '-w',
      '-t',
      '60',
      '-o',
      options.join(' '),
    ],
    { user: place.user, timeoutMs: 90_000 },
  )
}

const reasonOf = async (place: Place): Promise<string> => {
  const lines = (await readFile(logFileOf(place), 'utf8').catch(() => '')).trim().split('\n')
  const told = lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? ''
  return told.replace(/^.*?(FATAL|PANIC):\s*/, '')
}

/** Starts, or joins a server that someone else brings up meanwhile; tries again while the remains of a crash go away or a port is lost. */
const startOrJoin = async (place: Place, options: EmbeddedOptions): Promise<RunningServer & { isOurs: boolean }> => {
  for (let attempt = 1; attempt <= STARTS_MAX; attempt++) {
    const running = await findRunningServer(place)
    if (running) return { ...running, isOurs: false }
    const port = await freePort(options.port)
    const { code } = await launch(place, port, options.settings)
    if (code === 0) return { port, password: await readPassword(place), isOurs: true }
    await wait(attempt * 500)
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not start: ${await reasonOf(place)} (log: ${logFileOf(place)})`,
  )
}

const start = async (options: EmbeddedOptions): Promise<EmbeddedServer> => {
  const dataDir = await openDataDir(options.dataDir)
  const place = await settlePlace(dataDir)
  await ensureCluster(place, options.log)
  const server = await startOrJoin(place, options)
  const isOwner = server.isOurs || !(await otherOwner(dataDir))
  if (isOwner) await noteOwner(dataDir, server.port)
  const endGuard = isOwner ? await guardServer(place) : () => {}
  if (isOwner) keepLogBounded(logFileOf(place))
  const url = await ensureDatabase(server, { place, database: DATABASE })
  options.log(`PostgreSQL listens on 127.0.0.1:${server.port}`)
  return {
    url,
    adminUrl: urlOf({ ...server, database: DATABASE }),
    port: server.port,
    stop: async () => {
      endGuard()
      if (!(await otherOwner(dataDir))) await stopServer(place, options.log)
    },
    revive: async () => {
      const { port } = await startOrJoin(place, { ...options, port: server.port })
      if (port !== server.port) throw new EmbeddedPostgresError(`Port ${server.port} of the database is now in use.`)
    },
  }
}

/**
 * Starts the PostgreSQL that comes with the npm package, with its data under `dataDir`, or joins the one that already
 * serves that folder. Throws `EmbeddedPostgresError` with one sentence.
 */
export const startEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedServer> => {
  try {
    return await start(options)
  } catch (cause) {
    if (cause instanceof EmbeddedPostgresError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new EmbeddedPostgresError(`The embedded PostgreSQL in ${options.dataDir} cannot be used: ${why}`, { cause })
  }
}
