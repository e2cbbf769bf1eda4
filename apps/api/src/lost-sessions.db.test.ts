import { migrateQueue } from '@jejak/core/queue'
import { freePort } from '@jejak/db/embedded'
import {
  createTestDatabase,
  type DatabaseLine,
  type HeldTable,
  holdTable,
  openDatabaseLine,
  type TestDatabase,
} from '@jejak/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RealProcess, startProcess } from './testing/real-process.ts'

const key = 'jejak_bootstrap_key_of_the_tests'
const patient = { timeout: 30_000, interval: 50 }

let database: TestDatabase
let line: DatabaseLine
let api: RealProcess
let url: string

beforeAll(async () => {
  database = await createTestDatabase()
  await migrateQueue(database.url)
  line = await openDatabaseLine(database.url)
  api = await startApi()
}, 60_000)
afterAll(async () => {
  await api.stop()
  line.close()
  await database.drop()
})

const startApi = async (): Promise<RealProcess> => {
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  return startProcess(new URL('./main.ts', import.meta.url), 'api started', {
    DATABASE_URL: line.url,
    DATABASE_STATEMENT_TIMEOUT: '3000',
    HOST: '127.0.0.1',
    PORT: String(port),
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
    BOOTSTRAP_API_KEY: key,
  })
}

const register = async (trackingNumber: string): Promise<number> => {
  const answer = await fetch(`${url}/v1/trackings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ trackingNumber }),
  })
  await answer.body?.cancel()
  return answer.status
}

test.each<[string, string, (held: HeldTable) => Promise<unknown>]>([
  ['is ended', '630000000001', (held) => held.cutWaiting('jejak-api')],
  ['is cut off by the network', '630000000002', async () => line.restore()],
  ['falls silent', '630000000003', async () => line.silence()],
  [
    'is given up while the machine sleeps',
    '630000000004',
    async (held) => {
      const [pid] = await held.waiting('jejak-api')
      process.kill(api.pid, 'SIGSTOP')
      await held.letGo()
      const sessions = () => database.pool.query('select from pg_stat_activity where pid = $1', [pid])
      await expect.poll(async () => (await sessions()).rowCount, patient).toBe(0)
      process.kill(api.pid, 'SIGCONT')
    },
  ],
])(
  'a session that %s in the middle of a registration is answered with 503, and the next attempt succeeds',
  async (_, number, trouble) => {
    const held = await holdTable(database.url, 'tracking_cache')
    const answer = register(number)
    await expect.poll(() => held.waiting('jejak-api'), patient).toHaveLength(1)
    await trouble(held)
    expect(await answer).toBe(503)
    await held.letGo()
    line.restore()
    await expect.poll(() => register(number), patient).toBe(201)
    expect(api.isAlive()).toBe(true)
  },
)

test('an API whose session is ended in its first transaction starts all the same', async () => {
  await api.stop()
  const held = await holdTable(database.url, 'installation')
  const started = startApi()
  await expect.poll(() => held.waiting('jejak-api-operator'), patient).not.toEqual([])
  await held.cutWaiting('jejak-api-operator')
  await held.letGo()
  api = await started
  expect(await register('630000000009')).toBe(201)
})
