import { EmbeddedPostgresError } from './embedded-error.ts'
import { runCommand, type ServerUser } from './run-command.ts'

const asOurselves = { user: undefined, timeoutMs: 10_000 }

const lookUp = async (name: string): Promise<ServerUser | undefined> => {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (option) => (await runCommand(['id', option, name], asOurselves)).output.trim()),
  )
  return /^[1-9]\d*$/.test(uid ?? '') && /^\d+$/.test(gid ?? '')
    ? { name, uid: Number(uid), gid: Number(gid) }
    : undefined
}

const create = async (name: string): Promise<ServerUser | undefined> => {
  await runCommand(['useradd', '--system', '--user-group', '--no-create-home', name], asOurselves)
  return lookUp(name)
}

export const isRoot = (): boolean => process.getuid?.() === 0

/** The user of that number, which the system must know. */
export const userOfUid = async (uid: number): Promise<ServerUser | undefined> => {
  const { code, output } = await runCommand(['id', '-un', String(uid)], asOurselves)
  return code === 0 ? lookUp(output.trim()) : undefined
}

/** The user to run the server as: an existing one, else a new one. Throws when the system gives none. */
export const findServerUser = async (): Promise<ServerUser> => {
  const user =
    (await lookUp('jejak')) ?? (await lookUp('postgres')) ?? (await create('jejak')) ?? (await lookUp('nobody'))
  if (user) return user
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root and no other user was found: start as an ordinary user, or set DATABASE_URL.',
  )
}
