import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@jejak/db'
import { eraseEmbedded, startEmbedded } from '@jejak/db/embedded'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runJejak } from './testing/run-jejak.ts'

let dataDir: string
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
const start = () => startEmbedded({ dataDir, port: 0, log: () => {}, settings })
const env = () => ({ DATA_DIR: dataDir, SECRET_KEY: 'a secret that only tests know, 32 bytes' })

const isServing = async (url: string): Promise<boolean> => {
  const options = { poolMax: 1, statementTimeoutMs: 5000, connectTimeoutMs: 5000, applicationName: 'test' }
  const db = connect({ as: 'owner', ...options, url, onError: () => {} })
  const answered = await db.sql.query('select 1').then(
    () => true,
    () => false,
  )
  await db.close()
  return answered
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'jejak-embedded-commands-'))
  await chmod(dataDir, 0o755)
})
afterAll(async () => {
  await eraseEmbedded(dataDir)
  await rm(dataDir, { recursive: true })
})

test('a command uses the database that npm start serves and leaves it running; alone, it starts the database and stops it', async () => {
  const server = await start()
  expect(await runJejak(['migrate'], { ...env(), DATABASE_URL: server.url })).toMatchObject({ code: 0 })
  expect(await runJejak(['check'], env())).toMatchObject({ code: 0, stdout: expect.stringContaining('holds') })
  expect(await isServing(server.url)).toBe(true)
  await server.stop()

  const alone = { ...env(), EMBEDDED_POSTGRES_PORT: String(server.port) }
  expect(await runJejak(['check'], alone)).toMatchObject({ code: 0, stdout: expect.stringContaining('holds') })
  expect(await isServing(server.url)).toBe(false)
})
