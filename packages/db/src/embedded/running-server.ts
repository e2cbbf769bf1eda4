import { readFile, readlink, realpath, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { dataOf, readPassword, SUPERUSER } from './cluster.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import { isAlive } from './is-alive.ts'
import type { Place } from './place.ts'
import { runCommand } from './run-command.ts'

export type RunningServer = { readonly port: number; readonly password: string }

type Login = RunningServer & { readonly database: string; readonly role?: string }

export const urlOf = ({ port, password, database, role = SUPERUSER }: Login): string =>
  `postgresql://${role}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`

const pidFileOf = (place: Place): string => join(dataOf(place), 'postmaster.pid')

type PidFile = { readonly pid: number; readonly port: number }

const readPidFile = async (place: Place): Promise<PidFile | undefined> => {
  const text = await readFile(pidFileOf(place), 'utf8').catch(() => '')
  const [pid, , , port] = text.split('\n').map(Number)
  return pid ? { pid, port: port || 0 } : undefined
}

/**
 * Whether the process is the server of this folder: after a crash or a reboot its number may belong to any program.
 * A server stands in its data folder, but not every system lets us see that; its name is the second best.
 */
const isServerOf = async (place: Place, pid: number): Promise<boolean> => {
  if (!isAlive(pid)) return false
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  if (cwd !== undefined) return cwd === (await realpath(dataOf(place)))
  const listed = await runCommand(['ps', '-p', String(pid), '-o', 'comm='], { user: undefined, timeoutMs: 10_000 })
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => (listed.code === 0 ? listed.output : 'postgres'))
  return basename(name.trim()) === 'postgres'
}

type Answer = 'ready' | 'starting' | 'refused'

const ask = async (server: RunningServer): Promise<Answer> => {
  const client = new pg.Client({
    connectionString: urlOf({ ...server, database: 'postgres' }),
    connectionTimeoutMillis: 5000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return 'ready'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    return ['28P01', '28000'].includes(code) ? 'refused' : 'starting'
  } finally {
    await client.end().catch(() => {})
  }
}

const STEP_MS = 200

/**
 * The server that already serves this place, if any; what a dead one left behind is removed. Waits for one that is
 * coming up or going down, and throws one sentence if it does not answer in time.
 */
export const findRunningServer = async (place: Place, waitMs = 60_000): Promise<RunningServer | undefined> => {
  const password = await readPassword(place)
  for (let waitedMs = 0; waitedMs <= waitMs; waitedMs += STEP_MS) {
    const noted = await readPidFile(place)
    if (!noted) return undefined
    if (!(await isServerOf(place, noted.pid))) {
      await rm(pidFileOf(place), { force: true })
      return undefined
    }
    const answer = noted.port ? await ask({ port: noted.port, password }) : 'starting'
    if (answer === 'ready') return { port: noted.port, password }
    if (answer === 'refused') break
    await wait(STEP_MS)
  }
  throw new EmbeddedPostgresError(
    `A PostgreSQL server of ${place.home} is running but does not let us in: stop it, then start again.`,
  )
}
