import type { Config } from '@jejak/config'
import { findCredential } from '@jejak/core/installing'
import { migrateQueue } from '@jejak/core/queue'
import {
  connect,
  type Db,
  findFaceOfShop,
  findInstallation,
  migrate,
  type SessionRole,
  waitForDatabase,
  waysTo,
} from '@jejak/db'
import { CliError } from '../cli-error.ts'
import { chooseMode } from './choose-mode.ts'

type Asked = { url: string; forMs?: number; say?: (line: string) => void; signal?: AbortSignal }

/** A command's two ways to its database: `db` behind the fence, where all shops are seen, and `ownerDb` beside it, for what only the owner may. */
export type OpenedWays = { readonly db: Db; readonly ownerDb: Db }

/** Asks the server one question, so that an unreachable database is one sentence here and now, or after some patience; `db` connects when it is used. */
export const openDatabase = async (
  { database }: Config,
  { url, forMs = 0, say = () => {}, signal }: Asked,
): Promise<OpenedWays> => {
  const { usual } = waysTo(database, url)
  const open = (role: SessionRole) =>
    connect({ ...database, ...usual(role), poolMax: 2, applicationName: 'jejak-cli', onError: () => {} })
  const [db, ownerDb] = [open('worker'), open('owner')]
  try {
    await waitForDatabase(() => ownerDb.sql.query('select 1'), {
      forMs,
      ...(signal && { signal }),
      onAway: (error, nextTryMs) =>
        say(`Waiting for the database (${error.message || 'no answer'}); trying again in ${nextTryMs / 1000} s.`),
    })
    return { db, ownerDb }
  } catch (cause) {
    await ownerDb.close()
    const { host, pathname } = new URL(usual('owner').url)
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
  const direct = waysTo(base.database, url).direct('owner')
  const applied = await migrate({ url: direct.url, log: () => {}, isFenced: base.database.isFenced })
  await migrateQueue(direct.url)
  const installation = await findInstallation(db.sql)
  return { ...chooseMode({ installation, asked, credential: findCredential(base.easyparcel) }), applied }
}

/** Whether the shop that an installation begins with has a name, which only its operator can give. */
export const isNamed = async (db: Db): Promise<boolean> => Boolean((await findFaceOfShop(db.sql, 'default'))?.name)

/** Told while the shop has no name; `jejak` is how the operator runs commands. */
export const namingHint = (jejak: string): string =>
  `The shop has no name yet, so its pages show none: ${jejak} shop --name "Your shop"`
