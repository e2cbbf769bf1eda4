import type { Config } from '@jejak/config'
import { migrateQueue } from '@jejak/core/queue'
import {
  apiScopes,
  connect,
  type Db,
  ensureDefaultConnection,
  findInstallation,
  findShop,
  migrate,
  saveApiKey,
  saveInstallation,
} from '@jejak/db'
import { CliError } from '../cli-error.ts'
import { chooseMode } from './choose-mode.ts'

/** Opens a small pool and asks the server one question, so that an unreachable database is one sentence here and now. */
export const openDatabase = async (config: Config, url: string): Promise<Db> => {
  const { statementTimeoutMs, connectTimeoutMs } = config.database
  const db = connect({
    url,
    poolMax: 2,
    statementTimeoutMs,
    connectTimeoutMs,
    applicationName: 'jejak-cli',
    onError: () => {},
  })
  try {
    await db.sql.query('select 1')
    return db
  } catch (cause) {
    await db.close()
    const { host, pathname } = new URL(url)
    const reason =
      cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause)
    throw new CliError(`The database ${pathname.slice(1)} at ${host} cannot be reached: ${reason}`, { cause })
  }
}

type Env = Readonly<Record<string, string | undefined>>

/** Brings tables and queue up to date, and tells whether this is a demo; writes nothing of its own, so that bad settings can still stop the start. */
export const migrateAndChooseMode = async (
  db: Db,
  { url, env, asked }: { readonly url: string; readonly env: Env; readonly asked: boolean | undefined },
): Promise<{ isDemo: boolean; applied: readonly string[] }> => {
  const applied = await migrate({ url, log: () => {} })
  await migrateQueue(url)
  return { ...chooseMode(await findInstallation(db.sql), asked, env), applied }
}

/**
 * Settles for good whether this is a demo, and sees to the default shop, its connection and its first key. Tells whether the shop has a
 * name, which only its operator can give.
 */
export const prepareInstallation = async (db: Db, config: Config): Promise<{ isNamed: boolean }> => {
  await saveInstallation(db.sql, config.demo.enabled)
  const { organizationId } = await db.transaction((tx) =>
    ensureDefaultConnection(tx, {
      api: config.easyparcel.api,
      timezone: config.tracking.timezone,
      holidayRegion: config.tracking.holidayRegion,
    }),
  )
  const apiKey = config.keys.bootstrapApiKey?.reveal()
  if (apiKey) await saveApiKey(db.sql, { key: apiKey, organizationId, name: 'bootstrap', scopes: apiScopes })
  const shop = await findShop(db.sql, organizationId)
  return { isNamed: Boolean(shop?.name) }
}
