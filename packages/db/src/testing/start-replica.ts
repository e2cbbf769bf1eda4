import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { binary } from '../embedded/binaries.ts'
import { dataOf, readPassword, SUPERUSER } from '../embedded/cluster.ts'
import { freePort } from '../embedded/free-port.ts'
import { noteOwner } from '../embedded/owner.ts'
import { openDataDir, type Place, settlePlace } from '../embedded/place.ts'
import { runCommand } from '../embedded/run-command.ts'
import { urlOf } from '../embedded/running-server.ts'
import { withClient } from './with-client.ts'

export type Replica = {
  /** As the superuser. */
  url: string
  start: () => Promise<void>
  /** As a crash would. */
  kill: () => Promise<void>
  erase: () => Promise<void>
}

/** What a running server must not share with its copy. */
const ownFiles = new Set(['postmaster.pid', 'postmaster.opts'])

/** A base backup of a running server: its files, and the label that tells where to begin replaying. */
const copyCluster = (primaryUrl: string, from: string, to: string): Promise<void> =>
  withClient(primaryUrl, async (client) => {
    await client.query(`select pg_backup_start('replica', true)`)
    await cp(from, to, { recursive: true, preserveTimestamps: true, filter: (path) => !ownFiles.has(basename(path)) })
    const { rows } = await client.query<{ labelfile: string }>(`select labelfile from pg_backup_stop(false)`)
    await writeFile(join(to, 'backup_label'), rows[0]!.labelfile)
  })

const ctl = ({ binaries, user }: Place, args: readonly string[]) =>
  runCommand([binary(binaries, 'pg_ctl'), ...args], { user, timeoutMs: 60_000 })

/** A streaming replica, without pg_basebackup, of the embedded server that serves `primaryDir` at `primaryUrl`. */
export const startReplica = async (primaryDir: string, primaryUrl: string): Promise<Replica> => {
  const place = await settlePlace(await openDataDir(primaryDir))
  const password = await readPassword(place)
  const primaryPort = new URL(primaryUrl).port
  // Laid out as an embedded database, so that the next test run sweeps it away should this one be killed.
  const base = await mkdtemp(join(tmpdir(), 'jejak-test-'))
  await chmod(base, 0o755)
  const port = await freePort()
  await noteOwner(base, port)
  const home = join(base, 'postgres')
  const data = join(home, 'data')
  await mkdir(data, { recursive: true, mode: 0o700 })
  await writeFile(join(home, 'password'), password, { mode: 0o600 })
  await copyCluster(primaryUrl, dataOf(place), data)
  const conninfo = `host=127.0.0.1 port=${primaryPort} user=${SUPERUSER} password=${password} sslmode=disable`
  await writeFile(join(data, 'standby.signal'), '')
  await writeFile(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`)
  if (place.user) {
    const { uid, gid } = place.user
    await runCommand(['/bin/chown', '-R', `${uid}:${gid}`, home], { user: undefined, timeoutMs: 30_000 })
  }
  const settings = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c wal_retrieve_retry_interval=200ms`
  const start = async (): Promise<void> => {
    const log = join(home, 'server.log')
    const { code, output } = await ctl(place, ['start', '-D', data, '-l', log, '-w', '-t', '60', '-o', settings])
    if (code !== 0) throw new Error(`The replica does not start: ${output}`)
  }
  const kill = async (): Promise<void> => {
    await ctl(place, ['stop', '-D', data, '-m', 'immediate', '-w'])
  }
  await start()
  return {
    url: urlOf({ port, password, database: new URL(primaryUrl).pathname.slice(1) }),
    start,
    kill,
    erase: async () => {
      await kill()
      await rm(base, { recursive: true, force: true })
    },
  }
}
