import { randomBytes } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { access, chmod, mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Binaries, copyBinaries, installedBinaries, tryBinaries } from './binaries.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import type { ServerUser } from './run-command.ts'
import { runCommand } from './run-command.ts'
import { findServerUser, isRoot, userOfUid } from './server-user.ts'

/** Where the server lives: `home` holds its data, password and log; `user` is set when we are root. */
export type Place = { readonly home: string; readonly binaries: Binaries; readonly user: ServerUser | undefined }

const SHELF = '/var/lib/jejak'
const NOTE = 'postgres-elsewhere.json'

const canEnter = async (dir: string, user: ServerUser): Promise<boolean> =>
  (await runCommand(['/bin/sh', '-c', 'cd "$0"', dir], { user, timeoutMs: 10_000 })).code === 0

const readNote = async (dataDir: string): Promise<string | undefined> => {
  const text = await readFile(join(dataDir, NOTE), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { home }: { home?: unknown } = JSON.parse(text)
  return typeof home === 'string' ? home : undefined
}

export const forgetElsewhere = (dataDir: string): Promise<void> => rm(join(dataDir, NOTE), { force: true })

/** Whether a data folder holds a database already. */
export const hasEmbedded = (dataDir: string): boolean =>
  [join(dataDir, 'postgres'), join(dataDir, NOTE)].some((path) => existsSync(path))

/** The note, not the path of the data folder, leads to the data: a folder that is moved keeps them, an emptied one starts again. */
const settleElsewhere = async (dataDir: string, user: ServerUser): Promise<string> => {
  const home = join(SHELF, randomBytes(6).toString('hex'))
  const why = `Postgres refuses to run as root and the user ${user.name} cannot enter this folder, so the data are in that place.`
  await mkdir(SHELF, { recursive: true })
  await chmod(SHELF, 0o755)
  const note = `${JSON.stringify({ home, why }, null, 2)}\n`
  const written = await writeFile(join(dataDir, NOTE), note, { flag: 'wx' }).then(
    () => home,
    () => readNote(dataDir),
  )
  if (written) return written
  throw new EmbeddedPostgresError(`The data folder ${dataDir} cannot be written.`)
}

const ownerOf = async (home: string): Promise<ServerUser | undefined> => {
  if (!existsSync(home)) return undefined
  const { uid } = await stat(home)
  return uid === 0 ? undefined : userOfUid(uid)
}

const asRoot = async (dataDir: string, near: string, installed: Binaries): Promise<Place> => {
  const noted = await readNote(dataDir)
  const user = (await ownerOf(noted ?? near)) ?? (await findServerUser())
  const home = noted ?? ((await canEnter(dataDir, user)) ? near : await settleElsewhere(dataDir, user))
  const { run } = await tryBinaries(installed, user)
  return { home, user, binaries: run ? installed : await copyBinaries(installed, { shelf: SHELF, user }) }
}

const asOurselves = async (dataDir: string, near: string, installed: Binaries): Promise<Place> => {
  const noted = await readNote(dataDir)
  if (noted !== undefined) {
    throw new EmbeddedPostgresError(
      `The database of ${dataDir} is in ${noted}, which belongs to another user since it was first started as root: start as root again, or choose another DATA_DIR.`,
    )
  }
  const closed =
    existsSync(near) && (await access(near, constants.R_OK | constants.W_OK | constants.X_OK).catch(() => true))
  if (closed) {
    throw new EmbeddedPostgresError(
      `The database in ${near} belongs to another user: start as that user, or choose another DATA_DIR.`,
    )
  }
  const { run, why } = await tryBinaries(installed, undefined)
  if (!run)
    throw new EmbeddedPostgresError(`The embedded PostgreSQL does not run on this machine (${why}): set DATABASE_URL.`)
  return { home: near, binaries: installed, user: undefined }
}

/** Makes the data folder if need be; its real path. */
export const openDataDir = async (dataDir: string): Promise<string> => {
  try {
    await mkdir(dataDir, { recursive: true })
    return await realpath(dataDir)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new EmbeddedPostgresError(`The data folder ${dataDir} cannot be used: ${why}`, { cause })
  }
}

/** Decides where the server's files are and who runs it: in the data folder, or elsewhere when root's folders are closed to others. */
export const settlePlace = async (dataDir: string): Promise<Place> => {
  const installed = await installedBinaries()
  const settle = isRoot() ? asRoot : asOurselves
  return settle(dataDir, join(dataDir, 'postgres'), installed)
}
