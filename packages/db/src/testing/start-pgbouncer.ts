import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../embedded/free-port.ts'
import { fenceRoles } from '../fence/session-as.ts'

/** Where the package of the system puts it; undefined where it is not installed. */
export const pgbouncerBinary = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find(
  (path) => existsSync(path),
)

export type Pgbouncer = {
  /** With `{role}` where the role goes. */
  url: string
  /** An alias that gives sessions no role. */
  bareUrl: string
  /** Whether it keeps track of named statements. */
  isPrepared: boolean
  stop: () => Promise<void>
}

const settingsOf = (database: URL, { port, isPrepared }: { port: number; isPrepared: boolean }): string => {
  const { hostname, port: serverPort, pathname, username, password } = database
  const place = `host=${hostname} port=${serverPort} dbname=${pathname.slice(1)} user=${username} password=${password}`
  const aliases = fenceRoles.map(
    (role) => `jejak_${role} = ${place} connect_query='set role jejak_${role}; set statement_timeout = 15000'`,
  )
  return [
    ...['[databases]', ...aliases, `bare = ${place}`],
    ...['[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir =', 'auth_type = any'],
    ...['pool_mode = transaction', 'default_pool_size = 2', 'server_tls_sslmode = disable'],
    ...(process.getuid?.() === 0 ? ['user = nobody'] : []),
    ...(isPrepared ? ['max_prepared_statements = 200'] : []),
  ].join('\n')
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => resolve(false)).once('connect', () => socket.destroy())
  })

const untilReady = async (child: ChildProcess, port: number): Promise<void> => {
  const words: string[] = []
  child.stderr?.on('data', (chunk) => words.push(String(chunk)))
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer does not start: ${words.join('').slice(-500)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The real PgBouncer in transaction mode, with two sessions for each role, before a database of the tests. */
export const startPgbouncer = async (binary: string, databaseUrl: string): Promise<Pgbouncer> => {
  const version = /PgBouncer (\d+)\.(\d+)/.exec(execFileSync(binary, ['--version'], { encoding: 'utf8' }))
  const isPrepared = Number(version?.[1]) > 1 || Number(version?.[2]) >= 21
  const dir = await mkdtemp(join(tmpdir(), 'jejak-pgbouncer-'))
  await chmod(dir, 0o755)
  const file = join(dir, 'pgbouncer.ini')
  const port = await freePort()
  await writeFile(file, settingsOf(new URL(databaseUrl), { port, isPrepared }), { mode: 0o644 })
  const child = spawn(binary, [file], { stdio: ['ignore', 'ignore', 'pipe'] })
  await untilReady(child, port)
  const url = (alias: string) => `postgres://anyone@127.0.0.1:${port}/${alias}?sslmode=disable`
  return {
    url: url('jejak_{role}'),
    bareUrl: url('bare'),
    isPrepared,
    stop: async () => {
      const ended = once(child, 'exit')
      if (child.exitCode === null) child.kill('SIGTERM')
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}
