import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { binary } from './binaries.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import { isAlive } from './is-alive.ts'
import type { Place } from './place.ts'
import { runCommand } from './run-command.ts'

/** For set-up only. */
export const SUPERUSER = 'jejak'

export const dataOf = ({ home }: Pick<Place, 'home'>): string => join(home, 'data')
const passwordFileOf = (home: string): string => join(home, 'password')

export const readPassword = async ({ home }: Place): Promise<string> =>
  (await readFile(passwordFileOf(home), 'utf8')).trim()

const writeSecret = async (path: string, { user }: Place): Promise<void> => {
  await writeFile(path, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  if (user) await chown(path, user.uid, user.gid)
}

/** The password of the role that Jejak works as; made when it is missing, by one start at a time. */
export const ensureAppPassword = async (place: Place): Promise<string> => {
  const file = join(place.home, 'app-password')
  if (!existsSync(file)) {
    await writeSecret(`${file}.unfinished`, place)
    await rename(`${file}.unfinished`, file)
  }
  return (await readFile(file, 'utf8')).trim()
}

// The builtin C.UTF-8 sorts and folds alike on every machine, whatever locales it has.
const initdbArgs = (home: string) => [
  `--pgdata=${join(home, 'data')}`,
  `--pwfile=${passwordFileOf(home)}`,
  `--username=${SUPERUSER}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
]

/** What starts that were cut short left beside `home`; each carries the number of its process. */
const removeLeftovers = async (home: string): Promise<void> => {
  const prefix = `${basename(home)}.unfinished-`
  const names = await readdir(dirname(home)).catch(() => [])
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    if (!isAlive(Number.parseInt(name.slice(prefix.length), 10)))
      await rm(join(dirname(home), name), { recursive: true, force: true })
  }
}

/** Makes the whole home under another name and renames it at the end: a half-made one is never taken for a database. */
const makeCluster = async (place: Place): Promise<void> => {
  await removeLeftovers(place.home)
  await mkdir(dirname(place.home), { recursive: true })
  const unfinished = await mkdtemp(`${place.home}.unfinished-${process.pid}-`)
  if (place.user) await chown(unfinished, place.user.uid, place.user.gid)
  await writeSecret(passwordFileOf(unfinished), place)
  const initdb = binary(place.binaries, 'initdb')
  const made = await runCommand([initdb, ...initdbArgs(unfinished)], { user: place.user, timeoutMs: 120_000 })
  // The rename fails when another start was faster; then its database is the one.
  if (made.code === 0) await rename(unfinished, place.home).catch(() => {})
  await rm(unfinished, { recursive: true, force: true })
  if (existsSync(dataOf(place))) return
  const why = made.output.split('\n').find((line) => /error|fatal/i.test(line)) ?? made.output.slice(-200)
  throw new EmbeddedPostgresError(`The embedded database cannot be made in ${place.home}: ${why.trim()}`)
}

/** Makes the database files on the first start, and refuses files of another major version. */
export const ensureCluster = async (place: Place, log: (line: string) => void): Promise<void> => {
  const versionFile = join(dataOf(place), 'PG_VERSION')
  if (!existsSync(versionFile)) {
    log('Making the database files (first start)')
    await makeCluster(place)
  }
  const [major] = place.binaries.version.split('.')
  const written = (await readFile(versionFile, 'utf8')).trim()
  if (written === major) return
  throw new EmbeddedPostgresError(
    `The database in ${place.home} was written by PostgreSQL ${written} and this is ${major}: move the folder away, or serve it with PostgreSQL ${written} and set DATABASE_URL.`,
  )
}
