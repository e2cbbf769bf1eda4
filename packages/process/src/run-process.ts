import { type Config, ConfigError, configWarnings, loadConfig } from '@jejak/config'
import { InstallationError } from '@jejak/core/installing'
import {
  FenceError,
  fenceIsOff,
  isDatabaseUnavailable,
  isRoleRefused,
  type Ways,
  waitForDatabase,
  waysTo,
  withoutValues,
} from '@jejak/db'
import pino, { type Logger } from 'pino'

/** Brings a process up. What it opens it leaves in `opened`, to be closed in reverse order when it stops, or before it is started again. */
export type Start = (config: Config, log: Logger, opened: AsyncDisposableStack) => Promise<void>

const stopSlackMs = 3_000

/** Errors keep their message and place, never the values they were thrown with: a query's parameters may be someone's data. */
const errSerializer = (error: Error) => {
  const { name: type, message, code, stack }: Error & { code?: unknown } = withoutValues(error)
  return { type, message, code, stack }
}

const createLog = (process: string, { log: { level }, demo: { enabled: isDemo } }: Config): Logger =>
  pino(
    { level, base: { process, ...(isDemo && { demo: true }) }, serializers: { err: errSerializer } },
    // While one write is under way the next lines gather; what is left is written when the process exits.
    pino.destination({ sync: false }),
  )

/**
 * The shell of every long-running process: reads the settings, starts, stops on SIGTERM or SIGINT within a bounded time, exits at once on
 * a second signal, and ends in order after an error no one caught. A start that fails because the database is away is tried again for a while;
 * any other says one sentence and exits with 1.
 */
export const runProcess = async (name: string, start: Start): Promise<void> => {
  const config = readConfig()
  const log = createLog(name, config)
  for (const warning of configWarnings()) log.warn(warning)
  if (!config.database.isFenced) log.warn(fenceIsOff)
  const stopping = new AbortController()
  const starting = waitForDatabase(() => startOrUndo(start, config, log), {
    forMs: config.database.startWaitMs,
    signal: stopping.signal,
    onAway: (error, nextTryMs) => log.warn({ reason: error.message, nextTryMs }, 'waiting for the database'),
  }).catch((error: Error) => giveUp(startProblem(error)))
  // Listening at once: who is told to stop while it starts has jobs to finish, perhaps.
  const stop = async () => {
    stopping.abort()
    await (await starting)?.disposeAsync()
  }
  const end = createEnd(stop, config.worker.shutdownTimeoutMs + stopSlackMs, log)
  process.on('SIGTERM', () => end(0, 'asked to stop'))
  process.on('SIGINT', () => end(0, 'asked to stop'))
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught error')
    end(1, 'ending after an error')
  })
  await starting
}

/** All that a start has opened; nothing stays open of one that failed halfway. */
const startOrUndo = async (start: Start, config: Config, log: Logger): Promise<AsyncDisposableStack> => {
  const opened = new AsyncDisposableStack()
  try {
    await start(config, log, opened)
    return opened
  } catch (error) {
    await opened.disposeAsync().catch((err: Error) => log.warn({ err }, 'a failed start could not be undone'))
    throw error
  }
}

const readConfig = (): Config => {
  try {
    return loadConfig()
  } catch (error) {
    return giveUp(error instanceof ConfigError ? error.message : String(error))
  }
}

const createEnd = (stop: () => Promise<void>, timeoutMs: number, log: Logger) => {
  let isEnding = false
  return (code: number, reason: string): void => {
    if (isEnding) process.exit(1)
    isEnding = true
    log.info(reason)
    setTimeout(() => process.exit(1), timeoutMs).unref()
    stop().then(
      () => process.exit(code),
      (error: Error) => {
        log.error({ err: error }, 'could not stop cleanly')
        process.exit(1)
      },
    )
  }
}

const giveUp = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

// A database, a role or a password that is not the right one.
const notOurs = /^(3D000|28P01|28000|P1000|P1003|P1010|P1011)$/
const tableMissing = new Set(['42P01', 'P2021'])

/** One sentence an operator can act on. */
export const startProblem = (error: Error & { code?: string; port?: number; cause?: unknown }): string => {
  if (error instanceof InstallationError) return error.message
  if (error.code === 'EADDRINUSE')
    return `Port ${error.port} is taken by another program: stop it, or choose another port.`
  if (error.code === 'EACCES') return `This user may not listen on port ${error.port}: choose one above 1023.`
  if (error instanceof FenceError) return error.message
  if (isRoleRefused(error))
    return `The fence between shops is not there yet (${error.message}): run \`jejak migrate\` first, or see docs/fence.md.`
  if (/unsupported startup parameter/.test(error.message))
    return 'DATABASE_URL leads to a pooler: set DATABASE_DIRECT_URL, and {role} in DATABASE_URL, as docs/fence.md tells.'
  if (tableMissing.has(error.code ?? '')) return 'The database has no tables of Jejak yet: run `jejak migrate` first.'
  const code = error.code ?? (error.cause as { code?: string } | undefined)?.code
  if (code !== undefined && (notOurs.test(code) || isDatabaseUnavailable(error)))
    return `The database cannot be reached (${code}): check DATABASE_URL and that the server runs.`
  return `Could not start: ${error.message}`
}

/** The ways to the database of the settings. */
export const databaseWays = ({ database }: Config): Ways => {
  const url = database.url?.reveal()
  if (url === undefined)
    throw new InstallationError('DATABASE_URL is not set: run `npm start` for a database of its own.')
  return waysTo(database, url)
}

/** A name that cannot be listened on is a wrong setting; left alone it would look like a database whose name is unknown for now. */
export const listenProblem =
  (setting: string, host: string) =>
  (error: Error & { code?: string }): never => {
    throw error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN'
      ? new InstallationError(`${setting} is ${host}, a name that cannot be found: give an address of this machine.`)
      : error
  }
