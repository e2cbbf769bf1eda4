import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedServer, eraseEmbedded, startEmbedded } from './index.ts'

let root: string
let dataDir: string

const start = (dir = dataDir, port = 0): Promise<EmbeddedServer> => startEmbedded({ dataDir: dir, port, log: () => {} })

const ask = async <T extends object>(url: string, sql: string): Promise<T[]> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

const serverPid = async (url: string): Promise<number> => {
  const [row] = await ask<{ file: string }>(url, `select pg_read_file('postmaster.pid') as file`)
  return Number(row?.file.split('\n')[0])
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jejak-embedded-'))
  await chmod(root, 0o755)
  dataDir = join(root, 'data')
  const server = await start()
  await ask(server.url, 'create table parcels as select 632143239945 as number')
  await server.stop()
})

afterAll(async () => {
  await eraseEmbedded(dataDir)
  await rm(root, { recursive: true, force: true })
})

test('a second start resumes with its data, after a stop that really stopped the server', async () => {
  const server = await start()
  const rows = await ask(server.url, 'select number::text from parcels')
  await server.stop()
  expect(rows).toEqual([{ number: '632143239945' }])
  await expect(ask(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})

test('a server that was killed comes back with its data and without being asked', async () => {
  const killed = await start()
  const pid = await serverPid(killed.adminUrl)
  // A server of another system user can be killed by root alone; the tests run as its user or as root.
  process.kill(pid, 'SIGKILL')
  const server = await start()
  const rows = await ask(server.url, 'select number::text from parcels')
  await server.stop()
  expect(rows).toHaveLength(1)
})

test('a number of a dead server that now belongs to another program does not hinder the start', async () => {
  const server = await start()
  const [row] = await ask<{ file: string; dir: string }>(
    server.adminUrl,
    `select pg_read_file('postmaster.pid') as file, current_setting('data_directory') as dir`,
  )
  await server.stop()
  await writeFile(join(row!.dir, 'postmaster.pid'), row!.file.replace(/^\d+/, String(process.pid)))
  const again = await start()
  expect(await ask(again.url, 'select from parcels')).toHaveLength(1)
  await again.stop()
})

test('a taken port is no obstacle: another one is used', async () => {
  const squatter = createServer().listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  const address = squatter.address()
  const taken = typeof address === 'object' && address ? address.port : 0
  const server = await start(dataDir, taken)
  await server.stop()
  squatter.close()
  expect(server.port).not.toBe(taken)
})

const startElsewhere = async () => {
  const code = `
    const { startEmbedded } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
    const { url, adminUrl } = await startEmbedded({ dataDir: process.argv[1], port: 0, log: () => {} })
    console.log(JSON.stringify({ url, adminUrl }))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, dataDir], {
    env: { ...process.env, SECRET_KEY: 'a secret of the process that starts the server' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = await once(child.stdout, 'data')
  const { url, adminUrl }: Pick<EmbeddedServer, 'url' | 'adminUrl'> = JSON.parse(String(line))
  return { child, url, adminUrl }
}

test('a running server is joined, outlives who joined it, and is taken over when its owner is gone', async () => {
  const { child, url } = await startElsewhere()
  try {
    const joined = await start()
    expect(joined.url).toBe(url)
    await joined.stop()
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const takenOver = await start()
  await takenOver.stop()
  await expect(ask(url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})

test('a server sees nothing of the settings of the process that started it, and is stopped when that was killed', async () => {
  const { child, url, adminUrl } = await startElsewhere()
  await ask(adminUrl, `create table seen (line text); copy seen from program 'env'`)
  const seen = await ask<{ line: string }>(adminUrl, 'select line from seen')
  child.kill('SIGKILL')
  expect(seen.length).toBeGreaterThan(0)
  expect(JSON.stringify(seen)).not.toContain('SECRET')
  await expect
    .poll(
      () =>
        ask(url, 'select 1').then(
          () => 'serves',
          (error) => error.code,
        ),
      { timeout: 30_000 },
    )
    .toBe('ECONNREFUSED')
})

test('starts at the same time on an empty folder end at one server', async () => {
  const dir = join(root, 'at-once')
  const servers = await Promise.all([start(dir), start(dir), start(dir)])
  expect(new Set(servers.map(({ url }) => url)).size).toBe(1)
  expect(await eraseEmbedded(dir)).toBe(true)
  expect(await readdir(dir)).toEqual([])
})

test('the server is for this machine alone, asks for a password, and stores text as UTF-8', async () => {
  const server = await start()
  const wrong = new URL(server.url)
  wrong.password = 'guess'
  const [settings] = await ask(
    server.adminUrl,
    `select current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as sockets,
            current_setting('jit') as jit, current_setting('fsync') as fsync, current_setting('server_encoding') as encoding,
            lower('ÄÉ') as folded`,
  )
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed')
  await server.stop()
  expect(settings).toEqual({
    listens: '127.0.0.1',
    sockets: '',
    jit: 'off',
    fsync: 'on',
    encoding: 'UTF8',
    folded: 'äé',
  })
})

test('a folder that only its owner may enter works too, and neither data nor password are open to others', async () => {
  const closed = join(root, 'closed')
  await mkdir(closed, { mode: 0o700 })
  const dir = join(closed, 'data')
  const server = await start(dir)
  const [row] = await ask<{ dir: string }>(server.adminUrl, `select current_setting('data_directory') as dir`)
  const { uid } = await stat(row!.dir)
  const modes = await Promise.all(
    ['.', '../password', '../app-password'].map(async (name) => (await stat(join(row!.dir, name))).mode & 0o077),
  )
  await server.stop()
  expect(uid).not.toBe(0)
  expect(modes).toEqual([0, 0, 0])
  const isRoot = process.getuid?.() === 0
  const note = await readFile(join(dir, 'postgres-elsewhere.json'), 'utf8').catch(() => undefined)
  expect(note?.includes(row!.dir.replace(/\/data$/, ''))).toBe(isRoot ? true : undefined)
  await eraseEmbedded(dir)
  await expect(stat(row!.dir)).rejects.toThrow('ENOENT')
})

test('files of another major version are refused in one sentence', async () => {
  const server = await start()
  const [row] = await ask<{ dir: string }>(server.adminUrl, `select current_setting('data_directory') as dir`)
  await server.stop()
  const file = join(row!.dir, 'PG_VERSION')
  const version = await readFile(file, 'utf8')
  await writeFile(file, '14\n')
  await expect(start()).rejects.toThrow(/was written by PostgreSQL 14 and this is 18/)
  await writeFile(file, version)
})

test('a data folder that cannot be one is refused in one sentence', async () => {
  const file = join(root, 'a-file')
  await writeFile(file, '')
  await expect(start(file)).rejects.toThrow(/^The data folder .*a-file cannot be used/)
})
