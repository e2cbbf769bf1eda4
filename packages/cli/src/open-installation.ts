import { type Config, loadConfig } from '@jejak/config'
import { findCredential } from '@jejak/core/installing'
import { openSender } from '@jejak/core/queue'
import { readSettings, type SettingsInForce } from '@jejak/core/settings'
import { refreshOwnTexts } from '@jejak/core/texts'
import {
  type Db,
  findConnectionBySlug,
  findInstallation,
  firstShop,
  isSchemaThere,
  listRunningProcesses,
  listShops,
  waysTo,
} from '@jejak/db'
import { type EmbeddedServer, hasEmbedded, startEmbedded } from '@jejak/db/embedded'
import { CliError } from './cli-error.ts'
import type { CommandContext } from './command-context.ts'
import { baseConfig } from './start/base-config.ts'
import { childEnvironment } from './start/child-environment.ts'
import { chooseMode } from './start/choose-mode.ts'
import { openDatabase } from './start/prepare-database.ts'
import { aborted, listenForStop } from './start/stop-signals.ts'

export type OpenedDatabase = {
  /** Settings that do not depend on whether this is a demo. */
  readonly base: Config
  readonly url: string
  readonly db: Db
  /** For what only the owner of the database may. */
  readonly ownerDb: Db
  /** Aborted by Ctrl-C; the database closes then, whatever the command does. */
  readonly signal: AbortSignal
}

/** The database of this installation as one command works with it, and the settings its processes run with. */
export type OpenedInstallation = Omit<OpenedDatabase, 'base'> & {
  readonly config: Config
  readonly isDemo: boolean
  readonly organizationId: string
  readonly connectionId: string
  /** What is in force for each shop now, and for the one that the command is about. */
  readonly settingsOf: SettingsInForce['settingsOf']
  readonly settings: Config['tracking']
}

type Closing = (() => Promise<unknown>)[]
type Context = Pick<CommandContext, 'env' | 'now'>

/**
 * Runs `work` on DATABASE_URL or on the embedded database; if `npm start` serves that, its server is used, otherwise it is started and stopped.
 * An empty place is refused, unless `mayBeEmpty`.
 */
export const withDatabase = async <T>(
  { env, now, mayBeEmpty = false }: Context & { mayBeEmpty?: boolean },
  work: (opened: OpenedDatabase) => Promise<T>,
): Promise<T> => {
  const base = baseConfig(env)
  const stop = listenForStop(
    () => process.exit(130),
    () => now().getTime(),
  )
  const closing: Closing = [async () => stop.close()]
  try {
    const server = await reachServer(base, mayBeEmpty)
    let isShared = false
    closing.push(async () => {
      if (!isShared) await server.stop()
    })
    stop.signal.throwIfAborted()
    const { url } = server
    const { db, ownerDb } = await openDatabase(base, { url })
    closing.push(db.close, ownerDb.close, async () => {
      isShared = await isUsedByOthers(ownerDb)
    })
    if (!mayBeEmpty) await requireInstallation(ownerDb)
    return await Promise.race([work({ base, url, db, ownerDb, signal: stop.signal }), aborted(stop.signal)])
  } catch (error) {
    if (stop.signal.aborted) throw new CliError('Interrupted.', { exitCode: 130 })
    throw error
  } finally {
    for (const close of closing.toReversed()) await close()
  }
}

/** Runs `work` on a database that holds an installation, for one of its shops, with the settings that its API and worker run with. */
export const withInstallation = <T>(
  { shop = firstShop, ...context }: Context & { shop?: string | undefined },
  work: (opened: OpenedInstallation) => Promise<T>,
): Promise<T> =>
  withDatabase(context, async ({ base, ...opened }) => {
    const { env } = context
    const installation = await findInstallation(opened.db.sql)
    const { isDemo } = chooseMode({ installation, credential: findCredential(base.easyparcel) })
    const config = await configOf(env, { base, isDemo, url: opened.url })
    const { api } = config.easyparcel
    const found = await findConnectionBySlug(opened.db.sql, { slug: shop, api })
    if (!found && shop !== firstShop && !(await listShops(opened.db.sql)).some(({ slug }) => slug === shop))
      throw new CliError(`There is no shop ${shop}: org:list shows the shops.`)
    if (!found && shop !== firstShop)
      throw new CliError(
        `The shop ${shop} has no account for the ${api} API: jejak easyparcel:connect --shop ${shop} connects one.`,
      )
    if (!found)
      throw new CliError(`There is no EasyParcel account for the ${api} API yet: start Jejak once with these settings.`)
    const { organizationId, connectionId } = found
    const [{ settingsOf }] = await Promise.all([
      readSettings({ sql: opened.db.sql, config }),
      refreshOwnTexts(opened.db.sql),
    ])
    const settings = settingsOf(organizationId)
    return work({ ...opened, config, isDemo, organizationId, connectionId, settingsOf, settings })
  })

/** The settings of the processes of an installation. */
export const configOf = async (
  env: CommandContext['env'],
  { base, isDemo, url }: { base: Config; isDemo: boolean; url: string },
): Promise<Config> => loadConfig(await childEnvironment(env, { base, isDemo, databaseUrl: url, apiKey: undefined }))

/** Runs `work` with a queue that jobs can be sent to. */
export const withQueue = async <T>(
  { config, url }: Pick<OpenedInstallation, 'config' | 'url'>,
  work: (boss: ReturnType<typeof openSender>) => Promise<T>,
): Promise<T> => {
  const { database } = config
  const way = waysTo(database, url).direct('worker')
  const options = { ...database, ...way, poolMax: 1, applicationName: 'jejak-cli-queue' }
  const boss = openSender({ ...options, onError: () => {} })
  try {
    return await work(boss)
  } finally {
    await boss.stop()
  }
}

const nothingHere = 'There is no Jejak yet: run `npm start` first, or `jejak migrate` for the database of DATABASE_URL.'

const reachServer = async (
  { data, database }: Config,
  mayBeEmpty: boolean,
): Promise<Pick<EmbeddedServer, 'url' | 'stop'>> => {
  if (database.url) return { url: database.url.reveal(), stop: async () => {} }
  if (!mayBeEmpty && !hasEmbedded(data.dir)) throw new CliError(nothingHere)
  return startEmbedded({ dataDir: data.dir, port: database.embeddedPort, log: () => {} })
}

/** A command may have waited for minutes, and `npm start` come to use the server that it started: then that stops it. */
const isUsedByOthers = async (db: Db): Promise<boolean> =>
  (await listRunningProcesses(db.sql).catch(() => [])).length > 0

const requireInstallation = async (db: Db): Promise<void> => {
  if ((await isSchemaThere(db.sql)) && (await findInstallation(db.sql))) return
  throw new CliError(nothingHere)
}
