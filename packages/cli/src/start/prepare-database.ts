import type { Config } from '@jejak/config'
import { findCredential } from '@jejak/core/installing'
import { migrateQueue } from '@jejak/core/queue'
import { connect, type Db, findFaceOfShop, findInstallation, migrate, waitForDatabase } from '@jejak/db'
import { CliError } from '../cli-error.ts'
import { chooseMode } from './choose-mode.ts'

type Asked = { url: string; forMs?: number; say?: (line: string) => void; signal?: AbortSignal }

/** Opens a small pool and asks the server one question, so that an unreachable database is one sentence here and now, or after some patience. */
export const openDatabase = async (config: Config, { url, forMs = 0, say = () => {}, signal }: Asked): Promise<Db> => {
  const db = connect({ ...config.database, url, poolMax: 2, applicationName: 'jejak-cli', onError: () => {} })
  try {
    await waitForDatabase(() => db.sql.query('select 1'), {
      forMs,
      ...(signal && { signal }),
      onAway: (error, nextTryMs) =>
        say(`Waiting for the database (${error.message || 'no answer'}); trying again in ${nextTryMs / 1000} s.`),
    })
    return db
  } catch (cause) {
    await db.close()
    const { host, pathname } = new URL(url)
    const reason =
      cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause)
    throw new CliError(`The database ${pathname.slice(1)} at ${host} cannot be reached: ${reason}`, { cause })
  }
}

type Asking = { readonly base: Config; readonly url: string; readonly asked: boolean | undefined }

/**
 * Brings tables and queue up to date, round a pooler where there is one, and tells whether this is a demo; writes nothing of its own, so
 * that bad settings can still stop the start.
 */
export const migrateAndChooseMode = async (
  db: Db,
  { base, url, asked }: Asking,
): Promise<{ isDemo: boolean; applied: readonly string[] }> => {
  const directUrl = base.database.directUrl?.reveal() ?? url
  const applied = await migrate({ url: directUrl, log: () => {} })
  await migrateQueue(directUrl)
  const installation = await findInstallation(db.sql)
  return { ...chooseMode({ installation, asked, credential: findCredential(base.easyparcel) }), applied }
}

/** Whether the shop that an installation begins with has a name, which only its operator can give. */
export const isNamed = async (db: Db): Promise<boolean> => Boolean((await findFaceOfShop(db.sql, 'default'))?.name)

/** Told while the shop has no name; `jejak` is how the operator runs commands. */
export const namingHint = (jejak: string): string =>
  `The shop has no name yet, so its pages show none: ${jejak} shop --name "Your shop"`
