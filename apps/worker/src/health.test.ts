import type { Server } from 'node:http'
import { freePort } from '@jejak/db/embedded'
import { afterEach, expect, test } from 'vitest'
import { startHealth } from './health.ts'

let server: Server | undefined
afterEach(() => server?.close())

const healthWith = async (query: () => Promise<unknown>) => {
  const port = await freePort()
  server = await startHealth(port, { sql: { query } as never })
  return (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then((answer) => answer.status)
}

test('a worker is ready while its database answers', async () => {
  const ask = await healthWith(async () => ({ rows: [] }))
  expect([await ask('/health/live'), await ask('/health/ready')]).toEqual([200, 200])
  expect(await ask('/')).toBe(404)
})

test('a worker that lost its database lives, but is not ready', async () => {
  const ask = await healthWith(async () => {
    throw new Error('connection refused')
  })
  expect([await ask('/health/live'), await ask('/health/ready')]).toEqual([200, 503])
})

test('port 0 switches the health endpoint off, and a taken port is an error', async () => {
  const sql = { query: async () => ({ rows: [] }) } as never
  expect(await startHealth(0, { sql })).toBeUndefined()
  const port = await freePort()
  server = await startHealth(port, { sql })
  await expect(startHealth(port, { sql })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
