import type { Config } from '@jejak/config'
import {
  apiScopes,
  connect,
  type Db,
  ensureDefaultConnection,
  findInstallation,
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

type Preparation = {
  readonly url: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Asked only once the database is known to be usable. */
  readonly bootstrapApiKey: () => Promise<string> | string | undefined
}

export type PreparedDatabase = {
  readonly isDemo: boolean
  readonly applied: readonly string[]
  readonly apiKey: string | undefined
}

/** Migrates, settles for good whether this is a demo, and sees to the default shop, its connection and its first key. */
export const prepareDatabase = async (
  db: Db,
  config: Config,
  { url, env, bootstrapApiKey }: Preparation,
): Promise<PreparedDatabase> => {
  const applied = await migrate({ url, log: () => {} })
  const asked = env.JEJAK_DEMO?.trim() ? config.demo.enabled : undefined
  const { isDemo } = chooseMode(await findInstallation(db), asked, env)
  await saveInstallation(db, isDemo)
  const { organizationId } = await db.transaction((tx) =>
    ensureDefaultConnection(tx, {
      api: config.easyparcel.api,
      timezone: config.tracking.timezone,
      holidayRegion: isDemo ? 'off' : config.tracking.holidayRegion,
    }),
  )
  const apiKey = await bootstrapApiKey()
  if (apiKey) await saveApiKey(db, { key: apiKey, organizationId, name: 'bootstrap', scopes: apiScopes })
  return { isDemo, applied, apiKey }
}
