import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedServer, eraseEmbedded, startEmbedded } from '../embedded/index.ts'
import { type Replica, startReplica } from '../testing/start-replica.ts'
import { openReads, type Reads } from './open-reads.ts'
import type { ReplicaState } from './watch-replica.ts'

const settings = { fsync: 'off', max_connections: '60' }
const timeoutMs = 1_500
const start = (dir: string, port: number) => startEmbedded({ dataDir: dir, port, log: () => undefined, settings })

let dir: string
let server: EmbeddedServer
let replica: Replica
let reads: Reads
let primary: pg.Pool
const states: ReplicaState[] = []

const wayTo = (url: string) => ({ url, as: 'owner' as const, isPooled: false, isPrepared: true })
const openOn = (url: string, replicaUrl: string | undefined, onReplica: (state: ReplicaState) => void) =>
  openReads({
    ...wayTo(url),
    replica: replicaUrl === undefined ? undefined : wayTo(replicaUrl),
    poolMax: 2,
    applicationName: 'jejak-test-reads',
    onError: () => undefined,
    timeoutMs,
    lagMaxMs: 1_000,
    now: () => new Date(),
    onReplica,
  })

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'jejak-test-'))
  await chmod(dir, 0o755)
  server = await start(dir, 0)
  primary = new pg.Pool({ connectionString: server.url, max: 2 })
  primary.on('error', () => undefined)
  await primary.query('create table news (value int)')
  await primary.query('insert into news values (1)')
  replica = await startReplica(dir, server.adminUrl)
  reads = openOn(server.url, replica.url, (state) => states.push(state))
}, 120_000)

afterAll(async () => {
  await reads?.close()
  await primary?.end()
  await replica?.erase()
  await eraseEmbedded(dir)
  await rm(dir, { recursive: true, force: true })
}, 60_000)

type Answer = { fromReplica: boolean; value: number }
const read = async (): Promise<Answer> =>
  (await reads.sql.query<Answer>(`select pg_is_in_recovery() as "fromReplica", max(value)::int as value from news`))
    .rows[0]!
const isFromReplica = async () => (await read()).fromReplica
const onReplica = async (text: string) => {
  const client = new pg.Client({ connectionString: replica.url })
  await client.connect()
  await client.query(text)
  await client.end()
}
const soon = { timeout: 4_000, interval: 50 }

test('public reads come from a replica that keeps up', async () => {
  await expect.poll(isFromReplica, soon).toBe(true)
  await primary.query('update news set value = 2')
  await expect.poll(async () => (await read()).value, soon).toBe(2)
})

test('a replica that lags is noticed and the primary takes over, until it has caught up', async () => {
  await expect.poll(isFromReplica, soon).toBe(true)
  await onReplica('select pg_wal_replay_pause()')
  await primary.query('update news set value = 3')
  await expect.poll(isFromReplica, soon).toBe(false)
  expect((await read()).value).toBe(3)
  await onReplica('select pg_wal_replay_resume()')
  await expect.poll(isFromReplica, soon).toBe(true)
  expect((await read()).value).toBe(3)
})

test('an idle night is no lag', async () => {
  await expect.poll(isFromReplica, soon).toBe(true)
  states.length = 0
  const answers: boolean[] = []
  for (const untilMs = Date.now() + 3_000; Date.now() < untilMs; ) answers.push(await isFromReplica())
  expect(answers.every(Boolean)).toBe(true)
  expect(states).toEqual([])
})

test('a replica that dies under load costs no reader more than a moment, and is read again once it is back', async () => {
  await expect.poll(isFromReplica, soon).toBe(true)
  let slowestMs = 0
  let isOver = false
  const readers = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const beganMs = performance.now()
      await read()
      slowestMs = Math.max(slowestMs, performance.now() - beganMs)
    }
  })
  await replica.kill()
  await expect.poll(isFromReplica, soon).toBe(false)
  isOver = true
  await Promise.all(readers)
  expect(slowestMs).toBeLessThan(timeoutMs)
  expect(states.at(-1)).toBe('away')
  await replica.start()
  await expect.poll(isFromReplica, { timeout: 10_000, interval: 50 }).toBe(true)
})

test('while the primary is away the replica goes on answering', async () => {
  await expect.poll(isFromReplica, soon).toBe(true)
  const { port } = server
  await server.stop()
  for (const untilMs = Date.now() + 2_500; Date.now() < untilMs; )
    expect(await read()).toEqual({ fromReplica: true, value: 3 })
  server = await start(dir, port)
  await expect.poll(isFromReplica, soon).toBe(true)
}, 60_000)

test('a server that is no replica of the primary is never read', async () => {
  const seen: ReplicaState[] = []
  const twice = openOn(server.url, server.url, (state) => seen.push(state))
  await expect.poll(() => seen, soon).toEqual(['no replica'])
  const { rows } = await twice.sql.query<{ one: number }>('select 1 as one')
  expect(rows).toEqual([{ one: 1 }])
  await twice.close()
})
